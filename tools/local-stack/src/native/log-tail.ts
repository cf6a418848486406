/** The end of a log file, for an error message. */
import { readFileSync } from 'node:fs';

const tailLines = 15;

export function logTail(file: string): string {
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-tailLines);
    return lines.map((line) => `    ${line}`).join('\n');
  } catch {
    return '    (no log)';
  }
}

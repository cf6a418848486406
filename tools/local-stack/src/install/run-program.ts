/** Runs a program of the install to its end, line by line, and turns its failure into one of our errors. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { DiskFullError, DownloadError } from '../errors.ts';

const keptLines = 25;
const diskFullPattern = /No space left on device|ENOSPC|not enough space on the disk/i;
const unreachablePattern =
  /Unknown host|UnknownHostException|Connection refused|Connection timed out|Network is unreachable|Temporary failure in name resolution|Max retries exceeded|NewConnectionError|ConnectTimeout|ReadTimeout|Could not transfer artifact|No route to host|No matching distribution found/i;

export type Program = {
  readonly file: string;
  readonly args: readonly string[];
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** What it does, for messages: "Maven", "pip". */
  readonly title: string;
  /** Where it writes, for messages. */
  readonly target: string;
  /** What to check when its registry cannot be reached. */
  readonly networkFix?: string;
  readonly signal?: AbortSignal | undefined;
};

/** @throws DiskFullError | DownloadError with the last lines; the signal's reason when aborted. */
export async function runProgram(program: Program, onLine: (line: string) => void = () => {}): Promise<void> {
  program.signal?.throwIfAborted();
  const lines: string[] = [];
  const child = spawn(program.file, program.args, {
    cwd: program.directory,
    env: program.environment ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(program.uid !== undefined && { uid: program.uid, gid: program.gid }),
    ...(program.signal && { signal: program.signal }),
  });
  const keep = (line: string): void => {
    lines.push(line);
    onLine(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', keep);
  const code = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(String(error)));
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal ?? 'unknown'));
  });
  program.signal?.throwIfAborted();
  if (code !== 0) throw failureOf(program, code, lines);
}

function failureOf(program: Program, code: number | string, lines: readonly string[]): Error {
  const diskFull = lines.find((line) => diskFullPattern.test(line));
  if (diskFull) return new DiskFullError(program.target, diskFull.trim());
  const tail = lines
    .slice(-keptLines)
    .map((line) => `    ${line}`)
    .join('\n');
  const unreachable = lines.find((line) => unreachablePattern.test(line));
  if (unreachable && program.networkFix) {
    return new DownloadError({
      what: `${program.title} cannot fetch from its registry: ${unreachable.trim()}`,
      fix: program.networkFix,
    });
  }
  return new DownloadError({
    what: `${program.title} failed (${code}). Its last lines:\n${tail}`,
    fix: program.networkFix ?? 'read the lines above; report them if they make no sense.',
  });
}

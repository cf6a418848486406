import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { nodeArguments, repositoryPath } from './programs.ts';

/**
 * Runs one of our own measuring programs in a process of its own: the job is its argument as JSON, the answer its last
 * line of output.
 * @throws when it fails, with what it said
 */
export async function runChild<Answer>(program: string, job: object, signal: AbortSignal): Promise<Answer> {
  const file = repositoryPath('tools/bench/src/projector', program);
  const child = spawn(process.execPath, nodeArguments(file, JSON.stringify(job)), {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code} for ${JSON.stringify(job)}: ${output}`);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Answer;
}

/** Finds a way to call compose: the plugin of `docker`, or the stand-alone program. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const answerTimeoutMs = 10_000;

/** The words before the compose command's own arguments. */
export type ComposeCommand = readonly [string, ...string[]];

/** Undefined when neither is there. Needs no engine. */
export async function findCompose(): Promise<ComposeCommand | undefined> {
  const candidates: readonly ComposeCommand[] = [['docker', 'compose'], ['docker-compose']];
  for (const candidate of candidates) {
    if (await succeeds([...candidate, 'version'])) return candidate;
  }
  return undefined;
}

/** True when a Docker engine answers. */
export function engineAnswers(): Promise<boolean> {
  return succeeds(['docker', 'version', '--format', '{{.Server.Version}}']);
}

async function succeeds([program, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  try {
    await run(program, args, { timeout: answerTimeoutMs });
    return true;
  } catch {
    return false;
  }
}

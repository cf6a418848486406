/** Ends a process and everything it started: politely, then by force after a deadline. */
import { pollUntil } from '../poll.ts';
import { descendantsOf } from './process-children.ts';
import { isAlive } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** How long children may take to notice that their parent is gone, and the system to remove what was killed. */
const afterEndMs = 2_000;

export type EndOptions = { readonly signal: NodeJS.Signals; readonly graceMs: number };

/**
 * Sends `signal`, waits up to `graceMs`, then kills. Returns when nothing of it is left. A process that is no longer
 * the recorded one is left alone.
 */
export async function endProcess(recorded: ProcessIdentity, { signal, graceMs }: EndOptions): Promise<void> {
  if (!isAlive(recorded)) return;
  const children = descendantsOf(recorded.pid);
  sendSignal(recorded.pid, signal);
  // A stopped process (SIGSTOP) would never see the polite signal.
  sendSignal(recorded.pid, 'SIGCONT');
  await endBy([recorded], graceMs);
  await endBy(children, afterEndMs);
}

/** Waits until all have ended; kills those that have not by then. */
async function endBy(processes: readonly ProcessIdentity[], graceMs: number): Promise<void> {
  const allGone = (): boolean => !processes.some(isAlive);
  if (await pollUntil(allGone, { timeoutMs: graceMs })) return;
  processes.filter(isAlive).forEach(({ pid }) => sendSignal(pid, 'SIGKILL'));
  await pollUntil(allGone, { timeoutMs: afterEndMs });
}

/** False when there is nobody to receive it. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

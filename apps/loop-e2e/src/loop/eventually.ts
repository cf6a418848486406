import { pause } from '@hybridge/runtime';

const POLL_MS = 50;
const TIMEOUT_MS = 60_000;

/**
 * Asks until there is an answer that is neither undefined nor false.
 * @throws naming what was awaited, when it did not happen within a minute (or `timeoutMs`)
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await pause(POLL_MS);
  }
}

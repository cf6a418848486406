/** Waiting for a condition, never for a time. */
import { setTimeout as delay } from 'node:timers/promises';

const pollIntervalMs = 50;

/**
 * Asks `probe` again and again until it answers true; what it throws counts as "not yet".
 *
 * @returns true, or false when `timeoutMs` passed first.
 * @throws the signal's reason when `signal` aborts.
 */
export async function pollUntil(
  probe: () => boolean | Promise<boolean>,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<boolean> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    if (await answersTrue(probe)) return true;
    if (Date.now() >= deadline) return false;
    await delay(pollIntervalMs);
  }
}

async function answersTrue(probe: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await probe();
  } catch {
    return false;
  }
}

import { pollUntil } from '@hybridge/local-stack';

const PATIENCE_MS = 90_000;

/** Waits for a condition. @throws Error naming what did not happen in time */
export async function awaitCondition(
  what: string,
  probe: () => boolean | Promise<boolean>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  if (await pollUntil(probe, { timeoutMs })) return;
  throw new Error(`${what}: not within ${timeoutMs / 1000} s.`);
}

import { setTimeout as delay } from 'node:timers/promises';
import { SourceUnavailableError } from '@hybridge/sdk';

/** Tries that ended without an answer, by why. */
export type Refusals = Map<string, number>;

/** The error of a read that the budget for SQL refused. */
export const BUSY = 'HYBRIDGE_READER_SQL_BUSY';

/** Before the next try where an error does not say when. */
const RETRY_MS = 500;

/**
 * A caller that comes again when it is told to. The budget tells each another time.
 * @throws what no later try would change
 */
export async function persistently<T>(read: () => Promise<T>, refusals: Refusals): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!isTransient(error)) throw error;
      const reason = reasonOf(error);
      refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
      const retryAfterMs = error instanceof SourceUnavailableError ? error.facts.retryAfterMs : undefined;
      await delay(retryAfterMs ?? RETRY_MS * (1 + Math.random() / 2));
    }
  }
}

const isTransient = (error: unknown): error is Error =>
  error instanceof Error && 'retry' in error && error.retry === 'transient';

/** The code of the cause where there is one: it says more than that of the SDK. */
function reasonOf(error: Error): string {
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error.message.replaceAll(/\s+/g, ' ').slice(0, 120);
}

/** `3 × why, 1 × why else`; of nothing `none`. */
export const describeRefusals = (refusals: Iterable<readonly [string, number]>): string =>
  [...refusals].map(([reason, count]) => `${count.toLocaleString('en-US')} × ${reason}`).join(', ') || 'none';

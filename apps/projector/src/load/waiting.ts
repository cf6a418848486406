import { type ItemStore, ServingState, claimServing, openServing, readServing } from '@hybridge/protocol';
import { pause, retryTransient } from '@hybridge/runtime';
import type { Clock } from './clock.ts';

export interface WaitingOptions {
  readonly store: ItemStore;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly nonce: () => string;
  /** Lease of the loader and the time its last requests may take, together. Milliseconds. */
  readonly patienceMs: number;
  /** Between looks at the register. Milliseconds; default 1 000. */
  readonly intervalMs?: number;
}

/**
 * Waits while another projector loads the table. A loader that gives no sign of life for so long that nothing it sent
 * can take effect any more is dead: then the table is opened for it.
 * @returns who opened the table; undefined when the signal fired first
 * @throws permanent errors of the store
 */
export async function waitUntilOpen(
  { store, clock, nonce, patienceMs, intervalMs = 1_000 }: WaitingOptions,
  signal: AbortSignal,
): Promise<'us' | 'others' | undefined> {
  let seen: string | undefined;
  let since = clock.monotonicMs();
  while (!signal.aborted) {
    const serving = await retryTransient(() => readServing(store), { signal });
    if (serving?.state === ServingState.open) return 'others';
    if (serving === undefined) {
      // The register is gone, so nobody holds the table: as if it had never been claimed.
      await retryTransient(() => claimServing(store, { state: ServingState.open, nonce: nonce() }), { signal });
      continue;
    }
    if (serving.nonce !== seen) {
      seen = serving.nonce;
      since = clock.monotonicMs(); // after the read: the loader changed it before
    }
    if (clock.monotonicMs() - since >= patienceMs) {
      const opened = nonce();
      if (await retryTransient(() => openServing(store, serving.nonce, opened), { signal })) return 'us';
      continue;
    }
    await pause(Math.min(intervalMs, patienceMs / 3), signal);
  }
  return undefined;
}

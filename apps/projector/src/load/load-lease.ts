import { type ItemStore, openServing, renewLoading } from '@hybridge/protocol';
import { pause, retryTransient } from '@hybridge/runtime';
import type { Clock } from './clock.ts';

/** The right to load the table, for as long as it is renewed. Others take it for lost `leaseMs` after its last renewal. */
export interface LoadLease {
  /** Whether it is surely held, by both clocks. */
  held(): boolean;
  /** Renews it until the signal fires, or it is lost. Never throws. */
  keep(signal: AbortSignal): Promise<void>;
  /**
   * Opens the table to readers. Not beside `keep`.
   * @returns false: it was not ours any more; another projector opened it
   * @throws as the store's `write`, for good or when the signal has fired
   */
  open(signal: AbortSignal): Promise<boolean>;
}

export interface LoadLeaseOptions {
  readonly store: ItemStore;
  readonly clock: Clock;
  readonly nonce: () => string;
  readonly leaseMs: number;
  /** Of the claim, and when it was asked for: both clocks. */
  readonly claim: { readonly nonce: string; readonly at: Moment };
}

/** One moment by both clocks. Milliseconds. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export const momentOf = (clock: Clock): Moment => ({ monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() });

/** Attempts to open the table when the process is about to end. */
const LAST_ATTEMPTS = 3;

export function createLoadLease({ store, clock, nonce, leaseMs, claim }: LoadLeaseOptions): LoadLease {
  const heldForMs = leaseMs * 0.8; // the rest is for clocks that run at other rates
  let current = claim.nonce;
  let renewedAt = claim.at;
  let isLost = false;
  /** Asked for, and not answered: the register may hold this one as well. */
  let asked: string | undefined;

  const held = (): boolean => {
    const monotonic = clock.monotonicMs() - renewedAt.monotonicMs;
    const wall = clock.wallMs() - renewedAt.wallMs;
    return !isLost && monotonic < heldForMs && wall < heldForMs && wall > -heldForMs;
  };

  const renew = async (signal: AbortSignal): Promise<void> => {
    const next = nonce();
    const at = momentOf(clock); // before the first attempt: an answer that was lost counts from there
    asked = next;
    const isOurs = await retryTransient(() => renewLoading(store, current, next), { signal, maxDelayMs: leaseMs / 10 });
    if (!isOurs) return void (isLost = true);
    current = next;
    asked = undefined;
    renewedAt = at;
  };

  return {
    held,
    async keep(signal) {
      while (!isLost && !signal.aborted) {
        await pause(leaseMs / 3, signal);
        if (signal.aborted) return;
        await renew(signal).catch(() => {
          if (!signal.aborted) isLost = true; // refused for good; or the end, and then nobody asks
        });
      }
    },
    async open(signal) {
      const opened = nonce();
      const retries = { signal, maxDelayMs: 1_000, ...(signal.aborted ? { maxAttempts: LAST_ATTEMPTS } : {}) };
      for (const seen of asked === undefined ? [current] : [current, asked]) {
        if (await retryTransient(() => openServing(store, seen, opened), retries)) return true;
      }
      return false;
    },
  };
}

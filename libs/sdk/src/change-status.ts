import { type Item, type ItemKey, type ItemStore, OutcomeKind, outcomesOf, pendingOf } from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import type { ChangeStatus, WaitOptions } from './types.ts';

/** What an item says of one of its changes. */
export function statusOf(item: Item | undefined, changeId: string): ChangeStatus {
  if (item === undefined) return { status: 'unknown' };
  const pending = pendingOf(item).find((change) => change.id === changeId);
  if (pending !== undefined) return { status: 'pending', since: new Date(pending.at) };
  const outcome = outcomesOf(item).findLast((entry) => entry.id === changeId);
  if (outcome === undefined) return { status: 'unknown' };
  const at = new Date(outcome.at);
  const { code, message } = outcome;
  if (outcome.out === OutcomeKind.rejected) {
    return { status: 'rejected', at, code: code ?? 'UNKNOWN', message: message ?? '' };
  }
  return {
    status: 'applied',
    at,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  };
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Pauses grow from the usual time of the whole way through SQL to a pace that costs nothing. */
const POLL = { firstMs: 25, factor: 1.5, longestMs: 500 } as const;

/** Looks at the item until the change is no longer pending, or time is up. */
export async function waitForOutcome(
  store: ItemStore,
  key: ItemKey,
  changeId: string,
  options: WaitOptions,
): Promise<ChangeStatus> {
  const deadline = performance.now() + (options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  for (let pauseMs: number = POLL.firstMs; ; pauseMs = Math.min(pauseMs * POLL.factor, POLL.longestMs)) {
    const status = statusOf(await store.get(key), changeId);
    const leftMs = deadline - performance.now();
    if (status.status !== 'pending' || leftMs <= 0 || options.signal?.aborted === true) return status;
    await pause(Math.min(pauseMs, leftMs), options.signal);
  }
}

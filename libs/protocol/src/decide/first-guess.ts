import { type ItemKey, ItemState, formatKey, stateOf } from '../item.ts';
import type { Ended, Seen } from './decision.ts';
import type { RowChange, RowChangeOutcome } from './row-change.ts';

/**
 * Which of two conditional writes a lazy view's row change tries first. Most keys of a lazy view are never read, so the
 * fence goes first and is the only write; a key whose last change met a live item gets its row image first.
 *
 * Only an order: either write refuses what the other is for, so a wrong guess costs one refused write. It holds for
 * `decideRowChange` alone, which ends nothing on an item that is absent; other decisions would take it for a fact.
 */
export interface FirstGuess {
  /** What to hand to `carryOut` for the next row change of the key. */
  of(key: ItemKey): Seen;
  /** Learns from a row change that came to its end. */
  note(change: RowChange, ended: Ended<RowChangeOutcome>): void;
  /** Keys remembered as live. */
  readonly size: number;
}

export interface FirstGuessOptions {
  /** Live keys remembered, the longest unchanged forgotten first; default 50,000 (about 10 MB). */
  readonly capacity?: number;
}

const DEFAULT_CAPACITY = 50_000;

const PRESUMED_ABSENT: Seen = { item: undefined };

/** For one consumer: what others write meanwhile makes a guess wrong, never an outcome. */
export function createFirstGuess({ capacity = DEFAULT_CAPACITY }: FirstGuessOptions = {}): FirstGuess {
  /** A set keeps the order of insertion: the first key is the one that was noted the longest time ago. */
  const live = new Set<string>();
  return {
    get size() {
      return live.size;
    },
    of: (key) => (live.has(formatKey(key)) ? undefined : PRESUMED_ABSENT),
    note(change, ended) {
      const name = formatKey(change.key);
      live.delete(name);
      if (!leavesLive(change, ended)) return;
      live.add(name);
      if (live.size > capacity) live.delete(live.values().next().value as string);
    },
  };
}

function leavesLive(change: RowChange, { outcome, item }: Ended<RowChangeOutcome>): boolean {
  if (outcome === 'applied') return change.kind !== 'delete';
  if (outcome === 'stale') return item !== undefined && stateOf(item) === ItemState.live;
  return outcome === 'rebased';
}

/** What the group has not committed yet, by what lay in the topics. */
export interface Remaining {
  /** Records that lay there when the load began. */
  readonly ofBeginning: number;
  /** Records that lie there now. */
  readonly now: number;
}

/** Records that may be left to the ordinary way. */
const FEW_RECORDS = 1_000;

/** After so long without progress, a small rest is no rest: markers of transactions have offsets, and never come. */
const STILL_MS = 10_000;

/**
 * Decides when a load is over: what lay there when it began is done, and little came meanwhile; or, when much did, what
 * lay there at the second look is done too.
 */
export function createProgress(): (remaining: Remaining, nowMs: number) => 'go on' | 'look anew' | 'over' {
  let last = { left: Number.POSITIVE_INFINITY, atMs: 0 };
  let looks = 0;
  return ({ ofBeginning: left, now }, nowMs) => {
    if (left !== last.left) last = { left, atMs: nowMs };
    const isStill = left < FEW_RECORDS && nowMs - last.atMs >= STILL_MS;
    if (left > 0 && !isStill) return 'go on';
    if (++looks > 1 || now < FEW_RECORDS) return 'over';
    last = { left: Number.POSITIVE_INFINITY, atMs: nowMs };
    return 'look anew';
  };
}

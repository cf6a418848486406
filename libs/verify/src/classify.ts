import {
  type Attributes,
  type Item,
  ItemState,
  hasPending,
  judgeRead,
  sameAttributes,
  stateOf,
  truthOf,
} from '@hybridge/protocol';
import type { FoundRow } from '@hybridge/reader-sql';
import { type AnyView, belongsTo, projectRow } from '@hybridge/views';
import { isListedRight } from './index-keys.ts';

/** How an item stands to its SQL row, and to what it embeds. */
export const ComparisonClass = {
  /** The truth in the item is the row; or both are absent. */
  matched: 'matched',
  /** Nobody claims anything: a lazy view's row without item, or behind a fence. Readers go to SQL. */
  unread: 'unread',
  /** The item waits for SQL's answer. */
  pending: 'pending',
  /** The row cannot be stored; readers go to SQL. */
  quarantined: 'quarantined',
  /** The item shows another row than SQL, or an index lists it where it does not belong. */
  stale: 'stale',
  /** SQL has the row; the item is not there (eager), or says that there is none. */
  missing: 'missing',
  /** The item is live; SQL has no such row. */
  extra: 'extra',
  /** What it embeds is older than the base item of that row, and a fan-out job is on its way to it. */
  fanOut: 'fan-out',
  /** What it embeds is not what the base item of that row says, or is of another row than SQL's points to. */
  fragmentStale: 'fragment-stale',
  /** Nothing would tell the item of the next change of a row that it embeds. */
  referenceMissing: 'reference-missing',
  /** A live item at a place where its row does not lie. */
  placementOrphan: 'placement-orphan',
  /** The anchor names another place than that of the row: its next move would leave an item behind. */
  anchorStale: 'anchor-stale',
} as const;
export type ComparisonClass = (typeof ComparisonClass)[keyof typeof ComparisonClass];

/** The classes that should not be, once every queue is drained. */
export const DIFFERENCES = [
  ComparisonClass.stale,
  ComparisonClass.missing,
  ComparisonClass.extra,
  ComparisonClass.fragmentStale,
  ComparisonClass.referenceMissing,
  ComparisonClass.placementOrphan,
  ComparisonClass.anchorStale,
] as const;
export type DifferenceClass = (typeof DIFFERENCES)[number];

export const isDifference = (found: ComparisonClass): found is DifferenceClass =>
  (DIFFERENCES as readonly ComparisonClass[]).includes(found);

/**
 * Compares the truth of one item with one row, as readers at `nowMs` would be served; what it embeds is left out. Pure.
 * @param row undefined: SQL has no such row; one that does not belong to the view is as good as none
 */
export function classify(
  view: AnyView,
  row: FoundRow | undefined,
  item: Item | undefined,
  nowMs: number,
): ComparisonClass {
  const found = row !== undefined && belongsTo(view, row.row) ? row : undefined;
  if (item === undefined) return withoutClaim(view, found);
  if (stateOf(item) === ItemState.quarantined)
    return found === undefined ? ComparisonClass.extra : ComparisonClass.quarantined;
  if (hasPending(item)) return ComparisonClass.pending;
  const truth = truthOf(item);
  if (truth.exists === true) return ofLive(view, found, item, truth.columns);
  if (truth.exists === 'unknown') return withoutClaim(view, found);
  return ofTombstone(view, found, item, nowMs);
}

/** Readers go to SQL. Nothing better can be had for a row that DynamoDB cannot hold. */
function withoutClaim(view: AnyView, found: FoundRow | undefined): ComparisonClass {
  if (found === undefined) return ComparisonClass.matched;
  if (found.unstorable !== undefined) return ComparisonClass.quarantined;
  return view.mode === 'eager' ? ComparisonClass.missing : ComparisonClass.unread;
}

function ofLive(view: AnyView, found: FoundRow | undefined, item: Item, columns: Attributes): ComparisonClass {
  if (found === undefined) return ComparisonClass.extra;
  const isSame = found.unstorable === undefined && sameAttributes(projectRow(view, found.row) ?? {}, columns);
  return isSame && isListedRight(view, item, columns) ? ComparisonClass.matched : ComparisonClass.stale;
}

function ofTombstone(view: AnyView, found: FoundRow | undefined, item: Item, nowMs: number): ComparisonClass {
  if (found === undefined) return ComparisonClass.matched;
  return judgeRead(item, nowMs) === 'not-found' ? ComparisonClass.missing : withoutClaim(view, found);
}

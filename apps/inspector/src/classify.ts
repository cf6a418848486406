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
import { type AnyView, type Row, projectRow } from '@hybridge/views';

/** How an item stands to its SQL row. */
export const ComparisonClass = {
  /** The truth in the item is the row; or both are absent. */
  matched: 'matched',
  /** Nobody claims anything: a lazy view's row without item, or behind a fence. Readers go to SQL. */
  unread: 'unread',
  /** The item waits for SQL's answer. */
  pending: 'pending',
  /** The row cannot be stored; readers go to SQL. */
  quarantined: 'quarantined',
  /** The item shows another row than SQL. */
  stale: 'stale',
  /** SQL has the row; the item is not there (eager), or says that there is none. */
  missing: 'missing',
  /** The item is live; SQL has no such row. */
  extra: 'extra',
} as const;
export type ComparisonClass = (typeof ComparisonClass)[keyof typeof ComparisonClass];

/** The classes that should not be, once every queue is drained. */
export const DIFFERENCES = [ComparisonClass.stale, ComparisonClass.missing, ComparisonClass.extra] as const;
export type DifferenceClass = (typeof DIFFERENCES)[number];

export const isDifference = (found: ComparisonClass): found is DifferenceClass =>
  (DIFFERENCES as readonly ComparisonClass[]).includes(found);

/** Compares the truth of one item with one row, as readers at `nowMs` would be served. Pure. */
export function classify(view: AnyView, row: Row | undefined, item: Item | undefined, nowMs: number): ComparisonClass {
  if (item === undefined) return withoutClaim(view, row);
  if (stateOf(item) === ItemState.quarantined)
    return row === undefined ? ComparisonClass.extra : ComparisonClass.quarantined;
  if (hasPending(item)) return ComparisonClass.pending;
  const truth = truthOf(item);
  if (truth.exists === true) return ofLive(view, row, truth.columns);
  if (truth.exists === 'unknown') return withoutClaim(view, row);
  return ofTombstone(view, row, item, nowMs);
}

function withoutClaim(view: AnyView, row: Row | undefined): ComparisonClass {
  if (row === undefined) return ComparisonClass.matched;
  return view.mode === 'eager' ? ComparisonClass.missing : ComparisonClass.unread;
}

function ofLive(view: AnyView, row: Row | undefined, columns: Attributes): ComparisonClass {
  if (row === undefined) return ComparisonClass.extra;
  return sameAttributes(projectRow(view, row), columns) ? ComparisonClass.matched : ComparisonClass.stale;
}

function ofTombstone(view: AnyView, row: Row | undefined, item: Item, nowMs: number): ComparisonClass {
  if (row === undefined) return ComparisonClass.matched;
  return judgeRead(item, nowMs) === 'not-found' ? ComparisonClass.missing : withoutClaim(view, row);
}

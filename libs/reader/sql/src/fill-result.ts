import {
  type Attributes,
  type Item,
  type ItemKey,
  type ItemStore,
  type ProtocolContext,
  judgeRead,
} from '@hybridge/protocol';
import type { AnyView, Row } from '@hybridge/views';
import type { RowRead, RowReader } from './row-reader.ts';
import { columnsOfItem, columnsOfRow } from './shown-columns.ts';

/** Why SQL's answer was not stored. */
export const UncachedReason = {
  /** The fence's transaction did not become visible in time. */
  unproven: 'unproven',
  /** A change event came between lease and fill, or the row's anchor names another place; a later read fills anew. */
  overtaken: 'overtaken',
  /** Somebody else holds the lease and did not finish in time, or changes of parents ended every fill. */
  busy: 'busy',
  /** DynamoDB cannot hold the row, or the item says so already. */
  unstorable: 'unstorable',
} as const;
export type UncachedReason = (typeof UncachedReason)[keyof typeof UncachedReason];

/**
 * What a reader gets after a miss. `columns` are the visible own columns, and beside them what is embedded: what `toDocument`
 * takes; undefined where there is no such row.
 */
export type FillResult =
  /** SQL's row is now the item. */
  | { readonly outcome: 'filled'; readonly columns: Attributes; readonly item: Item | undefined }
  /** SQL has no such row, and the item says so for a while. */
  | { readonly outcome: 'absent'; readonly columns: undefined }
  /** Somebody else was faster: the item answers. */
  | { readonly outcome: 'hit'; readonly columns: Attributes; readonly item: Item }
  | { readonly outcome: 'not-found'; readonly columns: undefined }
  /** SQL's answer may be served, but the item still is a miss. */
  | { readonly outcome: 'uncached'; readonly columns: Attributes | undefined; readonly reason: UncachedReason };

export interface FillDependencies {
  readonly store: ItemStore;
  readonly rows: RowReader;
  readonly context: ProtocolContext;
  /**
   * How long a reader follows somebody else's fill before it asks SQL itself, milliseconds; default 1.5 leases, so that
   * one follower can take over a lease nobody uses. Shorter answers sooner while a fill hangs, and costs SQL a read for
   * every process that gives up.
   */
  readonly followMs?: number;
}

/** One miss. */
export interface FillEntry {
  readonly view: AnyView;
  readonly itemKey: ItemKey;
  /** Key columns of the row, which `itemKey` was made from. */
  readonly keyRow: Row;
}

/** What the item says by itself; undefined: a miss. */
export function judged(item: Item | undefined, context: ProtocolContext): FillResult | undefined {
  const verdict = judgeRead(item, context.now());
  if (verdict === 'hit' && item !== undefined) return { outcome: 'hit', columns: columnsOfItem(item), item };
  return verdict === 'not-found' ? { outcome: 'not-found', columns: undefined } : undefined;
}

/** @throws whatever the store throws */
export const uncached = async (
  { store }: Pick<FillDependencies, 'store'>,
  entry: FillEntry,
  read: RowRead,
  reason: UncachedReason,
): Promise<FillResult> => ({ outcome: 'uncached', columns: await columnsOfRow(store, entry, read.row), reason });

/** Reads for an answer that is not stored. Nothing proves it, so it must not come from a replica that lags. */
export async function readUncached(
  dependencies: FillDependencies,
  entry: FillEntry,
  reason: UncachedReason,
): Promise<FillResult> {
  const { rows } = dependencies;
  return uncached(dependencies, entry, await (rows.primary ?? rows).read(entry.view, entry.keyRow), reason);
}

import {
  type Attributes,
  type Item,
  type ItemKey,
  type ItemStore,
  type Lease,
  type ProtocolContext,
  columnsOf,
  fillUnstorableWrite,
  fillWrite,
  isUncacheable,
  judgeRead,
  leaseOf,
  leaseWrite,
} from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import { type AnyView, type Row, projectRow } from '@hybridge/views';
import type { RowRead, RowReader } from './row-reader.ts';

/** Why SQL's answer was not stored. */
export const UncachedReason = {
  /** The fence's transaction did not become visible in time. */
  unproven: 'unproven',
  /** A change event came between lease and fill; a later read fills anew. */
  overtaken: 'overtaken',
  /** Somebody else holds the lease and did not finish in time. */
  busy: 'busy',
  /** DynamoDB cannot hold the row, or the item says so already. */
  unstorable: 'unstorable',
} as const;
export type UncachedReason = (typeof UncachedReason)[keyof typeof UncachedReason];

/** What a reader gets after a miss. `columns` are the visible own columns; undefined where there is no such row. */
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
}

/** How long to wait for a fence's transaction to become visible: normally a few milliseconds. Well inside the lease. */
const PROOF = { intervalMs: 50, attempts: 40 } as const;
/** Pauses between looks at an item somebody else is filling. */
const LOSER_PAUSES_MS = [20, 60, 150] as const;

/**
 * Answers a miss: takes the lease (condition 5), reads SQL with the proof the lease asks for, stores the answer
 * (condition 6). A lease that cannot be used is left to expire.
 *
 * @param keyRow key columns of the row, which `itemKey` was made from
 * @throws SqlReadError, ViewError, and whatever the store throws
 */
export async function fillItem(
  dependencies: FillDependencies,
  view: AnyView,
  itemKey: ItemKey,
  keyRow: Row,
): Promise<FillResult> {
  const { store, context, rows } = dependencies;
  const token = context.nonce();
  const leased = await store.write(leaseWrite(itemKey, token, context));
  if (!leased.ok) return followOther(dependencies, view, itemKey, { keyRow, item: leased.item });
  const lease = leaseOf(itemKey, token, leased.item ?? {});
  const read = await readProven(dependencies, view, keyRow, lease.transaction);
  if (!read.proven) return uncached(view, await rows.read(view, keyRow), UncachedReason.unproven);
  if (read.unstorable !== undefined) return quarantine(dependencies, view, lease, { read, reason: read.unstorable });
  return storeAnswer(dependencies, view, lease, read);
}

async function readProven(
  { rows, context }: FillDependencies,
  view: AnyView,
  keyRow: Row,
  proof: string | undefined,
): Promise<RowRead> {
  const attempts = Math.min(PROOF.attempts, Math.floor(context.limits.leaseMs / PROOF.intervalMs / 2));
  for (let attempt = 1; ; attempt += 1) {
    const read = await rows.read(view, keyRow, proof);
    if (read.proven || attempt >= attempts) return read;
    await pause(PROOF.intervalMs);
  }
}

async function storeAnswer(
  dependencies: FillDependencies,
  view: AnyView,
  lease: Lease,
  read: RowRead,
): Promise<FillResult> {
  const { store, context } = dependencies;
  const columns = read.row === undefined ? undefined : projectRow(view, read.row);
  try {
    const stored = await store.write({ ...fillWrite(lease, columns, context), returnNew: true });
    if (!stored.ok) return judged(stored.item, context) ?? uncached(view, read, UncachedReason.overtaken);
    if (columns === undefined) return { outcome: 'absent', columns };
    return { outcome: 'filled', columns, item: stored.item };
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    return quarantine(dependencies, view, lease, { read, reason: error });
  }
}

/** The store's error for an item above DynamoDB's limit, which only the store knows. */
const isTooLarge = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'HYBRIDGE_SINK_ITEM_TOO_LARGE';

/** Condition 6q: the next readers go to SQL at once, until a change event or a repair brings a row that fits. */
async function quarantine(
  { store, context }: FillDependencies,
  view: AnyView,
  lease: Lease,
  { read, reason }: { readonly read: RowRead; readonly reason: Error },
): Promise<FillResult> {
  const stored = await store.write(fillUnstorableWrite(lease, reason.message, context));
  const overtaken = stored.ok ? undefined : judged(stored.item, context);
  return overtaken ?? uncached(view, read, UncachedReason.unstorable);
}

/** The lease was refused: the item is there, cannot be cached, or somebody else is filling it. */
async function followOther(
  { store, rows, context }: FillDependencies,
  view: AnyView,
  itemKey: ItemKey,
  start: { readonly keyRow: Row; readonly item: Item | undefined },
): Promise<FillResult> {
  let item = start.item;
  for (const pauseMs of LOSER_PAUSES_MS) {
    const answer = judged(item, context);
    if (answer !== undefined) return answer;
    if (isUncacheable(item)) break;
    await pause(pauseMs);
    item = await store.get(itemKey);
  }
  const reason = isUncacheable(item) ? UncachedReason.unstorable : UncachedReason.busy;
  return judged(item, context) ?? uncached(view, await rows.read(view, start.keyRow), reason);
}

function judged(item: Item | undefined, context: ProtocolContext): FillResult | undefined {
  const verdict = judgeRead(item, context.now());
  if (verdict === 'hit' && item !== undefined) return { outcome: 'hit', columns: columnsOf(item), item };
  return verdict === 'not-found' ? { outcome: 'not-found', columns: undefined } : undefined;
}

const uncached = (view: AnyView, read: RowRead, reason: UncachedReason): FillResult => ({
  outcome: 'uncached',
  columns: read.row === undefined ? undefined : projectRow(view, read.row),
  reason,
});

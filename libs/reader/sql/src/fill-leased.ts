import {
  type Item,
  type ItemKey,
  type Lease,
  fillUnstorableWrite,
  fillWrite,
  invalidateWrite,
  rowAttributesOf,
} from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import { type AnyView, type Row, projectRow, shapeOf } from '@hybridge/views';
import {
  type FillDependencies,
  type FillEntry,
  type FillResult,
  UncachedReason,
  judged,
  readUncached,
  uncached,
} from './fill-result.ts';
import { pausesUpTo } from './pauses.ts';
import type { RowRead } from './row-reader.ts';

/** The right to fill a key, and the item as the lease left it. */
export interface Leased {
  readonly lease: Lease;
  readonly item: Item;
}

/** How a row is read first. */
export type ReadRow = (keyRow: Row, proof: string | undefined) => Promise<RowRead>;

/** The first read of whoever gets the lease, with its place in line. */
export interface FirstRead {
  readonly read: ReadRow;
  /** For whoever does not get the lease: nobody is to wait for its read. */
  leave(): void;
}

/** How long to wait for a fence's transaction to become visible: normally a few milliseconds. Well inside the lease. */
const PROOF_WAIT_MS = 2_000;

/**
 * Reads SQL with the proof the lease asks for and stores the answer (condition 6).
 * @throws SqlReadError, ViewError, and whatever the store throws
 */
export async function fillLeased(
  dependencies: FillDependencies,
  entry: FillEntry,
  leased: Leased,
  firstRead: ReadRow,
): Promise<FillResult> {
  const { lease } = leased;
  try {
    const read = await readProven(dependencies, entry, lease.transaction, firstRead);
    if (read.proven) return await storeAnswer(dependencies, entry.view, lease, read);
  } catch (error) {
    await giveBack(dependencies, entry.itemKey, leased);
    throw error;
  }
  await giveBack(dependencies, entry.itemKey, leased);
  return readUncached(dependencies, entry, UncachedReason.unproven);
}

async function readProven(
  { rows, context }: FillDependencies,
  { view, keyRow }: FillEntry,
  proof: string | undefined,
  firstRead: ReadRow,
): Promise<RowRead> {
  let read = await firstRead(keyRow, proof);
  for (const pauseMs of pausesUpTo(Math.min(PROOF_WAIT_MS, context.limits.leaseMs / 2))) {
    if (read.proven) return read;
    await pause(pauseMs);
    read = await rows.read(view, keyRow, proof);
  }
  return read;
}

/**
 * Condition 10' on the lease's own nonce: a fence again, with the version and the proof it had, unless somebody wrote in
 * between. The next reader need not wait until the lease expires.
 */
async function giveBack({ store, context }: FillDependencies, itemKey: ItemKey, { item }: Leased): Promise<void> {
  try {
    await store.write(invalidateWrite(item, rowAttributesOf(item), itemKey, context));
  } catch {
    // The lease expires by itself; why the row was not read is what the caller must learn.
  }
}

async function storeAnswer(
  dependencies: FillDependencies,
  view: AnyView,
  lease: Lease,
  read: RowRead,
): Promise<FillResult> {
  const { store, context } = dependencies;
  if (read.unstorable !== undefined) return quarantine(dependencies, view, lease, { read, reason: read.unstorable });
  const columns = read.row === undefined ? undefined : projectRow(view, read.row);
  try {
    const stored = await store.write({ ...fillWrite(lease, shapeOf(view), columns, context), returnNew: true });
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

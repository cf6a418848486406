import {
  type Attributes,
  type Item,
  type Lease,
  ItemState,
  anchorWrite,
  carryOutChild,
  fillOperation,
  fillUnstorableWrite,
  invalidateWrite,
  mayFillAt,
  rowAttributesOf,
  stateOf,
  versionOf,
} from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import {
  type AnyView,
  type Row,
  anchorOfRow,
  belongsTo,
  linksOf,
  projectRow,
  protocolRelations,
  shapeOf,
} from '@hybridge/views';
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
import { columnsOfItem, rowAt } from './shown-columns.ts';

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

/** What became of a fill that was tried. */
export type Attempt =
  | { readonly filled: FillResult }
  /**
   * Nothing yet; the item as it stands then. `refused`: the lease · `ended`: a parent changed, whose fan-out took the lease
   * away (condition 13'). Nothing else came, so the fill is to begin again.
   */
  | { readonly filled?: undefined; readonly why: 'refused' | 'ended'; readonly item: Item | undefined };

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
): Promise<Attempt> {
  const { lease } = leased;
  let read: RowRead;
  try {
    read = await readProven(dependencies, entry, lease.transaction, firstRead);
    if (read.proven && (await maySettle(dependencies, entry, lease, read))) {
      return await storeAnswer(dependencies, entry, lease, read);
    }
  } catch (error) {
    await giveBack(dependencies, leased);
    throw error;
  }
  await giveBack(dependencies, leased);
  return {
    filled: read.proven
      ? await uncached(dependencies, entry, read, UncachedReason.overtaken)
      : await readUncached(dependencies, entry, UncachedReason.unproven),
  };
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
async function giveBack({ store, context }: FillDependencies, { item, lease }: Leased): Promise<void> {
  try {
    await store.write(invalidateWrite(item, rowAttributesOf(item), lease.key, context));
  } catch {
    // The lease expires by itself; why the row was not read is what the caller must learn.
  }
}

/**
 * Condition 15: a row that may move is stored where its anchor says, which is set where there is none. An anchor that names
 * another place is a change's, or another fill's, and knows better.
 */
async function maySettle(
  { store, context }: FillDependencies,
  entry: FillEntry,
  { version }: Lease,
  read: RowRead,
): Promise<boolean> {
  const { view, itemKey } = entry;
  const row = rowAt(entry, read.row);
  if (!view.moves || row === undefined || !belongsTo(view, row)) return true;
  const { ok, item } = await store.write(
    anchorWrite(anchorOfRow(view, row), { place: itemKey, version, seen: undefined }, context),
  );
  return ok || mayFillAt(itemKey, item);
}

async function storeAnswer(
  dependencies: FillDependencies,
  entry: FillEntry,
  lease: Lease,
  read: RowRead,
): Promise<Attempt> {
  const { store, context } = dependencies;
  const { view } = entry;
  const row = rowAt(entry, read.row);
  if (row !== undefined && read.unstorable !== undefined) {
    return { filled: await quarantine(dependencies, entry, lease, { read, reason: read.unstorable }) };
  }
  const columns = row && projectRow(view, row);
  const linked = { relations: protocolRelations(view), links: columns && linksOf(view, row) };
  const operation = fillOperation({ lease, shape: shapeOf(view), row: columns }, linked, context);
  try {
    const { outcome, item } = await carryOutChild(store, operation);
    if (outcome === 'filled') return { filled: filledWith(view, columns, item) };
    if (isEnded(view, lease, item)) return { why: 'ended', item };
    return {
      filled: judged(item, context) ?? (await uncached(dependencies, entry, read, UncachedReason.overtaken)),
    };
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    return { filled: await quarantine(dependencies, entry, lease, { read, reason: error }) };
  }
}

function filledWith(view: AnyView, columns: Attributes | undefined, item: Item | undefined): FillResult {
  if (columns === undefined) return { outcome: 'absent', columns };
  const isShown = item === undefined || view.relations.length === 0;
  return { outcome: 'filled', columns: isShown ? columns : columnsOfItem(item), item };
}

/** Whether a fence of the lease's version is all that is left: whoever else takes a lease away brings something. */
const isEnded = ({ relations }: AnyView, { version }: Lease, item: Item | undefined): boolean =>
  relations.length > 0 && item !== undefined && stateOf(item) === ItemState.fence && versionOf(item) === version;

/** The store's error for an item above DynamoDB's limit, which only the store knows. */
const isTooLarge = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'HYBRIDGE_SINK_ITEM_TOO_LARGE';

/** Condition 6q: the next readers go to SQL at once, until a change event or a repair brings a row that fits. */
async function quarantine(
  dependencies: FillDependencies,
  entry: FillEntry,
  lease: Lease,
  { read, reason }: { readonly read: RowRead; readonly reason: Error },
): Promise<FillResult> {
  const { store, context } = dependencies;
  const stored = await store.write(fillUnstorableWrite(lease, reason.message, context));
  const overtaken = stored.ok ? undefined : judged(stored.item, context);
  return overtaken ?? uncached(dependencies, entry, read, UncachedReason.unstorable);
}

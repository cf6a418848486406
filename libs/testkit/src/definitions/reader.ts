import {
  type ItemKey,
  type ItemStore,
  type Lease,
  type ProtocolContext,
  anchorWrite,
  carryOutChild,
  fillOperation,
  fillUnstorableWrite,
  leaseOf,
  leaseWrite,
  mayFillAt,
  isSameKey,
} from '@hybridge/protocol';
import {
  type AnyView,
  type Row,
  UnstorableValueError,
  anchorOfRow,
  assertStorableRow,
  columnsOfView,
  decodeTextRow,
  linksOf,
  placeOfRow,
  projectRow,
  protocolRelations,
  shapeOf,
} from '@hybridge/views';
import type { TestContext } from '../records.ts';
import type { SqlLog } from './log.ts';
import { textsOf } from './rows.ts';

export interface ReaderPorts {
  readonly store: ItemStore;
  readonly context: TestContext;
  readonly sql: Pick<SqlLog, 'rowOf'>;
}

/** A reader who misses: lease, SQL as it is now, fill. Nobody else holds the lease any more. */
export async function fill(ports: ReaderPorts, view: AnyView, key: ItemKey, keyRow: Row): Promise<void> {
  const { store, context } = ports;
  const token = context.nonce();
  context.advance(context.limits.leaseMs + 1);
  const { ok, item } = await store.write(leaseWrite(key, token, context));
  if (!ok || item === undefined) return;
  const lease = leaseOf(key, token, item);
  try {
    await storeRow(ports, view, lease, rowAt(view, key, readRow(ports, view, keyRow)));
  } catch (error) {
    if (!(error instanceof UnstorableValueError)) throw error;
    await store.write(fillUnstorableWrite(lease, error.message, context));
  }
}

function readRow({ sql }: ReaderPorts, view: AnyView, keyRow: Row): Row | undefined {
  const cells = sql.rowOf(view.table, keyRow);
  return cells && decodeTextRow(view.table, columnsOfView(view), textsOf(view.table, cells));
}

function rowAt(view: AnyView, key: ItemKey, row: Row | undefined): Row | undefined {
  if (row === undefined || !view.moves) return row;
  return isSameKey(key, placeOfRow(view, row)) ? row : undefined;
}

/** @throws UnstorableValueError */
async function storeRow(
  { store, context }: ReaderPorts,
  view: AnyView,
  lease: Lease,
  row: Row | undefined,
): Promise<void> {
  if (row !== undefined) assertStorableRow(view, row);
  const columns = row && projectRow(view, row);
  const anchor = columns && view.moves ? anchorOfRow(view, row) : undefined;
  if (anchor !== undefined && !(await isAnchored(store, anchor, lease, context))) return;
  const linked = { relations: protocolRelations(view), links: columns && linksOf(view, row) };
  await carryOutChild(store, fillOperation({ lease, shape: shapeOf(view), row: columns }, linked, context));
}

async function isAnchored(
  store: ItemStore,
  anchor: ItemKey,
  { key, version }: Lease,
  context: ProtocolContext,
): Promise<boolean> {
  const { ok, item } = await store.write(anchorWrite(anchor, { place: key, version, seen: undefined }, context));
  return ok || mayFillAt(key, item);
}

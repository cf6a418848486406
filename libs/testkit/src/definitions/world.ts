import { type Contract, parseChangeEvent } from '@hybridge/contracts';
import {
  type Item,
  type ItemKey,
  ItemState,
  type ItemStore,
  ViewMode,
  carryOut,
  decideRowChange,
  fillUnstorableWrite,
  fillWrite,
  formatKey,
  isIndexAttribute,
  judgeRead,
  leaseOf,
  leaseWrite,
  scalarOf,
  stateOf,
} from '@hybridge/protocol';
import {
  type AnyView,
  type Catalog,
  type Document,
  type Row,
  UnstorableValueError,
  assertStorableRow,
  columnsOfView,
  decodeRowChange,
  decodeTextRow,
  dueEvents,
  isSnapshot,
  keyOfRow,
  projectRow,
  shapeOf,
  toDocument,
} from '@hybridge/views';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { testContext } from '../records.ts';
import type { LogRecord } from './log.ts';
import { textsOf } from './rows.ts';

/** An event that a definition made. */
export interface MadeEvent {
  readonly contract: Contract;
  readonly data: unknown;
}

/** The view table in memory, and everybody who writes it: the projector and readers, by the code that is shipped. */
export interface World {
  /** The projector handles a record. @throws ViewError when it cannot be read */
  deliver(record: LogRecord): Promise<void>;
  /** What a reader gets: own attributes, and keys of indexes as texts; undefined where there is no row. */
  read(view: AnyView, row: Row): Promise<Document | undefined>;
  readonly events: readonly MadeEvent[];
}

/** @param rowNow the row of SQL with this key, as a reader finds it now */
export function createWorld(catalog: Catalog, rowNow: (of: LogRecord['table'], key: Row) => Row | undefined): World {
  const memory = createMemoryItemStore();
  const context = testContext();
  const events: MadeEvent[] = [];
  const keyRows = new Map<string, { readonly view: AnyView; readonly row: Row }>();

  const store: ItemStore = {
    get: (key) => memory.get(key),
    async write(write) {
      const before = memory.peek(write.key);
      const result = await memory.write(write);
      const after = memory.peek(write.key);
      const place = keyRows.get(formatKey(write.key));
      if (result.ok && after !== undefined && place !== undefined) events.push(...made({ ...place, before, after }));
      return result;
    },
  };

  const fill = async (view: AnyView, key: ItemKey, keyRow: Row): Promise<void> => {
    const token = context.nonce();
    context.advance(context.limits.leaseMs + 1);
    const { ok, item } = await store.write(leaseWrite(key, token, context));
    if (!ok || item === undefined) return;
    const lease = leaseOf(key, token, item);
    const cells = rowNow(view.table, keyRow);
    try {
      const found = cells && decodeTextRow(view.table, columnsOfView(view), textsOf(view.table, cells));
      if (found !== undefined) assertStorableRow(view, found);
      await store.write(fillWrite(lease, shapeOf(view), found && projectRow(view, found), context));
    } catch (error) {
      if (!(error instanceof UnstorableValueError)) throw error;
      await store.write(fillUnstorableWrite(lease, error.message, context));
    }
  };

  const deliverTo = async (view: AnyView, record: LogRecord): Promise<void> => {
    const event = parseChangeEvent(record.value);
    const { key, keyRow, change } = decodeRowChange(view, event, { ...record, aged: false });
    keyRows.set(formatKey(key), { view, row: keyRow });
    const { outcome } = await carryOut(store, key, (seen) => decideRowChange(change, view.mode, context, seen));
    // Rows that were there before somebody has read; those of lazy views have items only then.
    const isRead = isSnapshot(event) && view.mode === ViewMode.lazy;
    if (isRead || (outcome === 'fenced' && view.mode === ViewMode.eager)) await fill(view, key, keyRow);
  };

  return {
    events,
    async deliver(record) {
      for (const view of catalog.byTable(record.table.source.name, record.table.name)) await deliverTo(view, record);
    },
    async read(view, row) {
      const key = keyOfRow(view, row);
      if (judgeRead(memory.peek(key), context.now()) === 'miss') await fill(view, key, row);
      const item = memory.peek(key);
      return item === undefined || stateOf(item) !== ItemState.live ? undefined : shown(view, item);
    },
  };
}

const shown = (view: AnyView, item: Item): Document => ({
  ...toDocument(view, item),
  ...Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) => (isIndexAttribute(name) ? [[name, scalarOf(value) ?? null]] : [])),
  ),
});

const made = (write: Parameters<typeof dueEvents>[0]): readonly MadeEvent[] =>
  dueEvents(write).map(({ event, change }) => ({
    contract: event.contract,
    data: event.contract.schema.parse(event.data(change())),
  }));

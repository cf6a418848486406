import { type Contract, parseChangeEvent } from '@hybridge/contracts';
import {
  type Item,
  type ItemKey,
  ItemState,
  type ItemStore,
  ViewMode,
  formatKey,
  isControlKey,
  isIndexAttribute,
  judgeRead,
  keyOf,
  scalarOf,
  stateOf,
} from '@hybridge/protocol';
import {
  type AnyView,
  type Catalog,
  type Document,
  type Row,
  concernsOthers,
  decodeRowChange,
  dueEvents,
  isSnapshot,
  keyOfRow,
  mustBeFilled,
  placeOfRow,
  storeRowChange,
  tellOthers,
  toDocument,
} from '@hybridge/views';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { createMemoryPartitionReader } from '../memory-partition-reader.ts';
import { testContext } from '../records.ts';
import type { LogRecord, SqlLog } from './log.ts';
import { type ReaderPorts, fill } from './reader.ts';

/** An event that a definition made. */
export interface MadeEvent {
  readonly contract: Contract;
  readonly data: unknown;
}

/** A document with the keys of its indexes, and its collections by name. */
export type ShownDocument = Document & { readonly [collection: string]: unknown };

/** The view table in memory, and everybody who writes it: the projector and readers, by the code that is shipped. */
export interface World {
  /** The projector handles a record. @throws ViewError when it cannot be read */
  deliver(record: LogRecord): Promise<void>;
  /**
   * What readers get of a row who look for it wherever it ever was: attributes, what is embedded, collections, and keys of
   * indexes as texts. One document, or none where there is no row; several are a fault.
   * @param key primary key
   */
  read(view: AnyView, key: Row): Promise<readonly ShownDocument[]>;
  readonly events: readonly MadeEvent[];
}

/** @param sql as readers find it now */
export function createWorld(catalog: Catalog, sql: Pick<SqlLog, 'rowOf' | 'everOf'>): World {
  const memory = createMemoryItemStore();
  const context = testContext();
  const events: MadeEvent[] = [];

  const store: ItemStore = {
    get: (key) => memory.get(key),
    async write(write) {
      const before = memory.peek(write.key);
      const result = await memory.write(write);
      const after = memory.peek(write.key);
      const place = isControlKey(write.key) ? undefined : catalog.byKey(write.key);
      if (result.ok && after !== undefined && place !== undefined) events.push(...made({ ...place, before, after }));
      return result;
    },
  };
  const ports: ReaderPorts = { store, context, sql };
  const fanOutPorts = {
    store,
    context,
    partitions: createMemoryPartitionReader(memory),
    relations: catalog.relations,
  };

  const deliverTo = async (view: AnyView, record: LogRecord): Promise<void> => {
    const event = parseChangeEvent(record.value);
    const decoded = decodeRowChange(view, event, { ...record, aged: false });
    const ended = await storeRowChange(ports, view, decoded);
    // Rows that were there before somebody has read; those of lazy views have items only then.
    const isRead = isSnapshot(event) && view.mode === ViewMode.lazy;
    const isSomewhere = decoded.move === undefined || decoded.move.place !== undefined;
    if (isSomewhere && (isRead || mustBeFilled(view, ended.outcome))) {
      await fill(ports, view, decoded.key, decoded.keyRow);
    }
    if (concernsOthers(view, decoded, ended)) await tellOthers(fanOutPorts, decoded.key, Infinity);
  };

  const liveAt = (key: ItemKey): Item | undefined => {
    const item = memory.peek(key);
    return item !== undefined && stateOf(item) === ItemState.live ? item : undefined;
  };
  const collected = (view: AnyView, { pk }: ItemKey): readonly Document[] =>
    memory
      .items()
      .map((item) => ({ item, key: keyOf(item) }))
      .filter(({ key }) => key.pk === pk && catalog.byKey(key)?.view === view && liveAt(key) !== undefined)
      .sort((a, b) => Buffer.compare(Buffer.from(a.key.sk), Buffer.from(b.key.sk)))
      .map(({ item }) => shown(view, item));

  return {
    events,
    async deliver(record) {
      for (const view of catalog.byTable(record.table.source.name, record.table.name)) await deliverTo(view, record);
    },
    async read(view, row) {
      const documents: ShownDocument[] = [];
      for (const key of placesOf(view, row, sql)) {
        if (judgeRead(memory.peek(key), context.now()) === 'miss') await fill(ports, view, key, row);
        const item = liveAt(key);
        if (item === undefined) continue;
        const collections = Object.entries<AnyView>(view.collect).map(([name, of]) => [name, collected(of, key)]);
        documents.push({ ...shown(view, item), ...Object.fromEntries(collections) });
      }
      return documents;
    },
  };
}

/** Where the item of a row is or was, each once. */
function placesOf(view: AnyView, key: Row, sql: Pick<SqlLog, 'everOf'>): readonly ItemKey[] {
  if (!view.moves) return [keyOfRow(view, key)];
  const places = sql.everOf(view.table, key).flatMap((row) => placeOfRow(view, row) ?? []);
  return [...new Map(places.map((place) => [formatKey(place), place])).values()];
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

import type { Item } from '@hybridge/protocol';
import { scalarOf } from '@hybridge/protocol';
import type { FoundRow } from '@hybridge/reader-sql';
import {
  type MemoryItemStore,
  type RowTexts,
  createMemoryItemReads,
  createMemoryItemStore,
  createMemoryPartitionReader,
} from '@hybridge/testkit';
import { type AnyView, type Row, columnsOfView, decodeTextRow } from '@hybridge/views';
import type { JoinBackend } from './join-lab.ts';
import { joinFeatures } from './joins.features.ts';

/** Tables and the view table in memory. */
function createMemoryBackend(): JoinBackend {
  const tables = new Map<string, Map<string, RowTexts>>();
  const store: MemoryItemStore = createMemoryItemStore();
  const rowsOf = (name: string): Map<string, RowTexts> => tables.get(name) ?? new Map<string, RowTexts>();
  const found = (view: AnyView, texts: RowTexts): FoundRow => ({
    row: decodeTextRow(view.table, columnsOfView(view), texts),
  });
  const rowOf = (view: AnyView, { id }: Row): FoundRow | undefined => {
    const texts = rowsOf(view.table.name).get(scalarOf(id) ?? '');
    return texts && found(view, texts);
  };
  return {
    store,
    items: {
      batchGet: createMemoryItemReads(store).batchGet,
      scan: async function* () {
        yield* store.items();
      },
    },
    partitions: createMemoryPartitionReader(store),
    rows: {
      read: async (view, keyRow) => ({ proven: true, row: undefined, ...rowOf(view, keyRow) }),
      scan: async function* (view) {
        yield [...rowsOf(view.table.name).values()].map((texts) => found(view, texts));
      },
      readMany: async (view, keyRows) => keyRows.map((keyRow) => rowOf(view, keyRow)),
      isWithin: async () => true,
    },
    put: async (item: Item) => store.put(item),
    remove: async (key) => store.expire(key),
    sql: async ({ name }, id, row) => {
      const rows = rowsOf(name);
      tables.set(name, rows);
      if (row === undefined) rows.delete(id);
      else rows.set(id, row);
    },
    clear: async () => {
      tables.clear();
      for (const { pk, sk } of store.items()) store.expire({ pk: scalarOf(pk) ?? '', sk: scalarOf(sk) ?? '' });
    },
  };
}

describe('comparisons and repairs of joins in memory', () => joinFeatures(createMemoryBackend));

import type { FanOutPorts, Item, ItemKey, ItemStore, PartitionReader } from '@hybridge/protocol';
import { DEFAULT_LIMITS } from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import type { RowReader, TableReader } from '@hybridge/reader-sql';
import { type RowTexts, createRowStore } from '@hybridge/testkit';
import { type Comparison, DIFFERENCES, type RepairDependencies, compareAll, repairItem } from '@hybridge/verify';
import { type AnyTable, type AnyView, type Catalog, type Row } from '@hybridge/views';
import { brandsTable, joined, linesTable, productsTable } from './joined-views.ts';

/** A source and a view table, in memory or for real. */
export interface JoinBackend {
  readonly store: ItemStore;
  readonly items: Pick<ItemReader, 'batchGet' | 'scan'>;
  readonly partitions: PartitionReader;
  readonly rows: RowReader & Pick<TableReader, 'readMany' | 'isWithin'>;
  /** As somebody would who bypasses everything. */
  put(item: Item): Promise<void>;
  remove(key: ItemKey): Promise<void>;
  /** A row in SQL, and nowhere else; undefined: none. */
  sql(table: AnyTable, id: string, row: RowTexts | undefined): Promise<void>;
  clear(): Promise<void>;
}

const TABLES = { brand: brandsTable, product: productsTable, line: linesTable } as const;

export type JoinLab = ReturnType<typeof createJoinLab>;

/** Rows that come into SQL and into the view table, as the projector brings them; comparisons, repairs. */
export function createJoinLab(backend: JoinBackend) {
  let nonces = 0;
  let version = 0;
  const context = { now: Date.now, nonce: () => `lab-${++nonces}`, limits: DEFAULT_LIMITS };
  const ports: FanOutPorts = { ...backend, relations: joined.relations, context };
  const rowStore = createRowStore(ports, joined);
  const repairs: RepairDependencies = { ...backend, context, catalog: joined, isPrimary: async () => true };
  const quick = { recheckPauseMs: 0, rechecks: 2 };
  return {
    ...backend,
    /** Everywhere. */
    async row(kind: keyof typeof TABLES, row: RowTexts & { readonly id: string }): Promise<void> {
      await backend.sql(TABLES[kind], row.id, row);
      await rowStore({ table: TABLES[kind], row, n: ++version });
    },
    compare: (catalog: Catalog = joined) => compareAll(catalog, backend, quick),
    repair: (view: AnyView, keyRow: Row) => repairItem(repairs, view, keyRow),
    repairAll: () =>
      compareAll(joined, backend, {
        ...quick,
        onDifference: async (view, keyRow) => void (await repairItem(repairs, view, keyRow)),
      }),
    async change(key: ItemKey, change: (item: Item) => Item): Promise<void> {
      await backend.put(change((await backend.store.get(key)) ?? {}));
    },
  };
}

/** `view class count`, of all that are not as they should be. */
export const differencesOf = (comparisons: readonly Comparison[]): readonly string[] =>
  comparisons.flatMap(({ view, counts }) =>
    DIFFERENCES.filter((name) => counts[name] > 0).map((name) => `${view} ${name} ${counts[name]}`),
  );

/** What is particular to views that embed, collect or move; how each is broken and mended is in apps/loop-e2e. */
import {
  type Item,
  type ItemKey,
  type ItemStore,
  JoinMeta,
  Meta,
  formatKey,
  keyOf,
  map,
  scalarOf,
  text,
} from '@hybridge/protocol';
import {
  createMemoryItemReads,
  createMemoryItemStore,
  createMemoryPartitionReader,
  testContext,
} from '@hybridge/testkit';
import {
  type AnyView,
  type Row,
  anchorOfRow,
  column,
  createCatalog,
  embed,
  int4,
  notNull,
  nullable,
  source,
  table,
  text as textType,
  view,
} from '@hybridge/views';
import { compareAll, compareView } from './compare.ts';
import type { CompareDependencies, Progress } from './comparison.ts';
import { keyRowFrom } from './key-parts.ts';
import { repairItem } from './repair.ts';

const shop = source('shop', 'postgres');
const brands = table({
  source: shop,
  name: 'public.brands',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), title: notNull(textType()) },
});
const linesTable = table({
  source: shop,
  name: 'public.lines',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), parcel_id: nullable(int4()), brand_id: nullable(int4()) },
});
const lines: AnyView = view('lines', {
  table: linesTable,
  key: { pk: ['k1', 'PARCEL', column('parcel_id')], sk: ['LINE', column('id')] },
  attributes: { id: 'id' },
  embed: { brand: embed(brands, { on: ['brand_id'], attributes: { name: 'title' } }) },
});
const parcels: AnyView = view('parcels', {
  table: table({
    source: shop,
    name: 'public.parcels',
    primaryKey: ['id'],
    columns: { id: notNull(int4()) },
  }),
  key: { pk: ['k1', 'PARCEL', column('id')], sk: ['PARCEL'] },
  attributes: { id: 'id' },
  collect: { lines },
});
const catalog = createCatalog([parcels, lines]);

const n = (value: number): Row[string] => ({ N: String(value) });
const SQL: Readonly<Record<string, readonly Row[]>> = {
  'public.lines': [1, 2, 3].map((id) => ({ id: n(id), parcel_id: n(70), brand_id: n(1) })),
  'public.brands': [{ id: n(1), title: text('Acme') }],
  'public.parcels': [{ id: n(70) }],
};
const rowOf = (of: AnyView, { id }: Row) => {
  const row = SQL[of.table.name]?.find((one) => scalarOf(one['id']) === scalarOf(id));
  return row && { row };
};

const store = createMemoryItemStore();
const place = (parcel: number, id: number): ItemKey => ({ pk: `k1#PARCEL#${parcel}`, sk: `LINE#${id}` });
const rows = {
  read: async (of: AnyView, keyRow: Row) => ({ proven: true, row: undefined, ...rowOf(of, keyRow) }),
  scan: async function* (of: AnyView, { after }: { readonly after?: Row } = {}) {
    const from = Number(scalarOf(after?.['id']) ?? 0);
    for (const row of SQL[of.table.name] ?? []) if (Number(scalarOf(row['id'])) > from) yield [{ row }];
  },
  readMany: async (of: AnyView, keyRows: readonly Row[]) => keyRows.map((keyRow) => rowOf(of, keyRow)),
  isWithin: async () => true,
};
const compared: CompareDependencies = {
  rows,
  items: {
    batchGet: createMemoryItemReads(store).batchGet,
    scan: async function* ({ after } = {}) {
      const all = store.items();
      yield* all.slice(
        after === undefined ? 0 : all.findIndex((one) => formatKey(keyOf(one)) === formatKey(after)) + 1,
      );
    },
  },
};
const repairing = (given: { isPrimary?: boolean; items?: ItemStore } = {}) => ({
  store: given.items ?? store,
  rows,
  context: testContext(),
  partitions: createMemoryPartitionReader(store),
  catalog,
  isPrimary: async () => given.isPrimary ?? true,
});
const quick = { recheckPauseMs: 0, batchSize: 1 };

beforeEach(async () => {
  for (const one of store.items()) store.expire(keyOf(one));
  await compareAll(catalog, compared, {
    ...quick,
    onDifference: async (of, keyRow) => void (await repairItem(repairing(), of, keyRow)),
  });
  expect((await compareAll(catalog, compared, quick)).flatMap(({ differences }) => differences)).toEqual([]);
});

const copyTo = (key: ItemKey): void =>
  store.put({ ...(store.peek(place(70, 1)) as Item), pk: text(key.pk), sk: text(key.sk) });

describe('a comparison of views that embed', () => {
  it('takes what they embed with them, and leaves it out of a range, and what others embed', async () => {
    const namesOf = async (options: object) =>
      (await compareAll(catalog, compared, { ...quick, ...options })).map(({ view: name }) => name);
    expect(await namesOf({})).toEqual(['parcels', 'lines', 'lines.brand']);
    expect(await namesOf({ views: [lines] })).toEqual(['lines', 'lines.brand']);
    expect(await namesOf({ views: [parcels] })).toEqual(['parcels']);
    expect(await namesOf({ views: [lines], range: { from: { id: n(2) } } })).toEqual(['lines']);
    expect(await namesOf({ views: [catalog.byName('lines.brand')] })).toEqual(['lines.brand']);
  });

  it('compares a view that collects others alone', async () => {
    expect(await compareView(parcels, compared, quick)).toMatchObject({ view: 'parcels', compared: 1 });
  });

  it('goes on after an interruption, with rows and addresses that are suspected', async () => {
    copyTo(place(99, 1));
    store.put({ ...(store.peek(place(70, 1)) as Item), brand: map({}) });
    const told: Progress[] = [];
    const onProgress = async (progress: Progress) => void told.push(JSON.parse(JSON.stringify(progress)) as Progress);
    const whole = await compareAll(catalog, compared, { ...quick, onProgress });
    const last = told.at(-1);
    expect(last?.views['lines']?.suspects).toEqual([['1'], ['99', '1']]);
    for (const resume of told) {
      const again = await compareAll(catalog, compared, { ...quick, resume });
      expect(again.map(({ counts }) => counts)).toEqual(whole.map(({ counts }) => counts));
    }
    expect(whole[1]?.differences.map((one) => [one.class, one.keyParts])).toEqual([
      ['fragment-stale', ['1']],
      ['placement-orphan', ['99', '1']],
    ]);
  });
});

describe('a repair of a row that moves', () => {
  const keyRow = keyRowFrom(lines, ['1']);
  const anchor = anchorOfRow(lines, { id: n(1) });
  const misname = (): void =>
    store.put({
      ...(store.peek(anchor) as Item),
      [JoinMeta.place]: map({ pk: text('k1#PARCEL#99'), sk: text('LINE#1') }),
    });

  it('leaves an anchor alone that only the primary can judge', async () => {
    misname();
    const before = store.peek(anchor);
    expect(await repairItem(repairing({ isPrimary: false }), lines, keyRow)).toMatchObject({
      outcome: 'needs-primary',
    });
    expect(store.peek(anchor)).toEqual(before);
    expect(await repairItem(repairing(), lines, keyRow)).toMatchObject({ outcome: 'filled', key: place(70, 1) });
  });

  it('gives way to a move that was faster', async () => {
    misname();
    const items: ItemStore = {
      ...store,
      write: async (write) => {
        const seen = store.peek(anchor) as Item;
        if (write.expression === 'setAnchor') store.put({ ...seen, _v: text('later') });
        return store.write(write);
      },
    };
    expect(await repairItem(repairing({ items }), lines, keyRow)).toMatchObject({ outcome: 'overtaken' });
  });

  it('says why where one of the places could not be repaired', async () => {
    copyTo(place(99, 1));
    store.put({ ...(store.peek(place(99, 1)) as Item), [Meta.transaction]: text('701') });
    // What was asked for can be proven; the item where the row lies names no transaction.
    const replica = repairing({ isPrimary: false });
    expect(await repairItem(replica, lines, keyRowFrom(lines, ['99', '1']))).toMatchObject({
      outcome: 'needs-primary',
      key: place(99, 1),
    });
  });
});

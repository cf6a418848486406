import {
  type Attributes,
  type Item,
  type ItemKey,
  ItemState,
  Meta,
  encodeTruth,
  formatKey,
  text,
} from '@hybridge/protocol';
import { item, pending } from '@hybridge/testkit';
import {
  type Row,
  column,
  createCatalog,
  int8,
  notNull,
  nullable,
  table,
  text as textType,
  view,
} from '@hybridge/views';
import { type ComparisonClass, classify } from './classify.ts';
import { type CompareDependencies, compareAll, compareView } from './compare.ts';
import { differencesIn, renderReport } from './report.ts';

const people = table({
  source: 'test',
  name: 'public.people',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), city: nullable(textType()) },
});
const eager = view('people', {
  table: people,
  key: { pk: ['p1', column('id')], sk: ['P'] },
  attributes: { id: 'id', city: 'city' },
});
const lazy = view('lazy', {
  ...eager,
  key: { pk: ['z1', column('id')], sk: ['P'] },
  mode: 'lazy',
  changes: {},
  events: () => [],
});

const row = (id: number, city = 'Leiden'): Row => ({ id: { N: String(id) }, city: text(city) });
const keyOf = (id: number, prefix = 'p1'): ItemKey => ({ pk: `${prefix}#${id}`, sk: 'P' });
const stored = (id: number, city = 'Leiden'): Item =>
  item({ key: keyOf(id), columns: { id: { N: `${id}.0` }, city: text(city) } });

/** A database and a view table; `step` runs before each look at a single key, so that a test can let the world move on. */
function world(given: {
  rows: readonly Row[];
  items: readonly Item[];
  step?: (look: number, map: Map<string, Item>) => void;
}): CompareDependencies {
  const map = new Map(given.items.map((one) => [`${one['pk'] && 'S' in one['pk'] ? one['pk'].S : ''}|P`, one]));
  let looks = 0;
  return {
    rows: {
      scan: async function* () {
        yield given.rows;
      },
      read: async (_view, keyRow) => ({
        proven: true,
        row: given.rows.find((one) => JSON.stringify(one['id']) === JSON.stringify(keyRow['id'])),
      }),
    },
    items: {
      batchGet: async (keys) => keys.map((key) => map.get(formatKey(key))),
      get: async (key) => {
        given.step?.(++looks, map);
        return map.get(formatKey(key));
      },
      scan: async function* () {
        yield* map.values();
      },
    },
  };
}

const quick = { recheckPauseMs: 0 };

describe('compareView', () => {
  it('finds nothing where every item says what SQL says', async () => {
    const result = await compareView(eager, world({ rows: [row(1), row(2)], items: [stored(1), stored(2)] }), quick);
    expect(result).toMatchObject({ view: 'people', compared: 2, counts: { matched: 2 }, differences: [] });
  });

  it('finds a stale, a missing and an extra item, and shows both sides', async () => {
    const deps = world({ rows: [row(1, 'Delft'), row(2)], items: [stored(1), stored(3)] });
    const result = await compareView(eager, deps, quick);
    expect(result.counts).toMatchObject({ matched: 0, stale: 1, missing: 1, extra: 1 });
    expect(result.compared).toBe(3);
    expect(result.differences).toEqual([
      { class: 'stale', key: keyOf(1), expected: row(1, 'Delft'), actual: { id: { N: '1.0' }, city: text('Leiden') } },
      { class: 'missing', key: keyOf(2), expected: row(2), actual: undefined },
      { class: 'extra', key: keyOf(3), expected: undefined, actual: { id: { N: '3.0' }, city: text('Leiden') } },
    ]);
    const report = renderReport([result]);
    expect(report).toContain(
      'stale p1#1 P\n  city: SQL {"S":"Delft"}, item {"S":"Leiden"}\nmissing p1#2 P\nextra p1#3 P',
    );
    expect(differencesIn([result])).toBe(3);
  });

  it('does not count a difference that is gone at a later look', async () => {
    const step = (look: number, map: Map<string, Item>): void => {
      if (look === 2) map.set(formatKey(keyOf(1)), stored(1));
    };
    const result = await compareView(eager, world({ rows: [row(1)], items: [], step }), quick);
    expect(result.counts).toMatchObject({ matched: 1, missing: 0 });
    expect(result.compared).toBe(1);
  });

  it('leaves items of other views alone', async () => {
    const other = item({ key: { pk: 'C#view', sk: 'control' } });
    expect(await compareView(eager, world({ rows: [], items: [other] }), quick)).toMatchObject({
      compared: 0,
      differences: [],
    });
  });

  it('keeps only as many differences as asked for, and counts all', async () => {
    const result = await compareView(eager, world({ rows: [row(1), row(2), row(3)], items: [] }), {
      ...quick,
      maxDifferences: 1,
    });
    expect([result.differences.length, result.counts.missing]).toEqual([1, 3]);
  });
});

it('compareAll compares every view of a catalog', async () => {
  const results = await compareAll(createCatalog([eager, lazy]), world({ rows: [row(1)], items: [stored(1)] }), quick);
  expect(results.map(({ view: name, counts }) => [name, counts.matched, counts.unread])).toEqual([
    ['people', 1, 0],
    ['lazy', 0, 1],
  ]);
});

describe('classify', () => {
  const columns: Attributes = row(1);
  const tombstone = (nx: number): Item =>
    item({ state: ItemState.tombstone, meta: { [Meta.negativeExpiry]: { N: String(nx) } } });
  const waiting = item({
    columns,
    pending: [pending()],
    meta: { [Meta.truth]: encodeTruth({ exists: true, columns }) },
  });

  it.each<[string, Row | undefined, Item | undefined, readonly [eager: ComparisonClass, lazy: ComparisonClass]]>([
    ['no item, no row', undefined, undefined, ['matched', 'matched']],
    ['no item', row(1), undefined, ['missing', 'unread']],
    ['a fence', row(1), item({ state: ItemState.fence }), ['missing', 'unread']],
    ['a fence without row', undefined, item({ state: ItemState.fence }), ['matched', 'matched']],
    ['a tombstone that answers', row(1), tombstone(10), ['missing', 'missing']],
    ['a tombstone that no longer answers', row(1), tombstone(1), ['missing', 'unread']],
    ['a tombstone without row', undefined, tombstone(10), ['matched', 'matched']],
    ['a live item', row(1), item({ columns }), ['matched', 'matched']],
    ['a live item of another city', row(1, 'Delft'), item({ columns }), ['stale', 'stale']],
    ['a live item without row', undefined, item({ columns }), ['extra', 'extra']],
    ['a waiting item', row(1, 'Delft'), waiting, ['pending', 'pending']],
    ['a quarantined row', row(1), item({ state: ItemState.quarantined }), ['quarantined', 'quarantined']],
    ['a quarantined row that is gone', undefined, item({ state: ItemState.quarantined }), ['extra', 'extra']],
  ])('%s', (_, sqlRow, given, expected) => {
    expect([eager, lazy].map((one) => classify(one, sqlRow, given, 5))).toEqual(expected);
  });
});

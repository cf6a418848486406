import {
  type Attributes,
  type Item,
  type ItemKey,
  ItemState,
  Meta,
  encodeTruth,
  formatKey,
  keyOf as itemKeyOf,
  scalarOf,
  text,
} from '@hybridge/protocol';
import type { FoundRow } from '@hybridge/reader-sql';
import { item, pending } from '@hybridge/testkit';
import {
  type Row,
  UnstorableValueError,
  column,
  createCatalog,
  int8,
  notNull,
  nullable,
  source,
  table,
  text as textType,
  view,
} from '@hybridge/views';
import { type ComparisonClass, classify } from './classify.ts';
import { compareAll, compareView } from './compare.ts';
import type { CompareDependencies, Progress } from './comparison.ts';
import { differencesIn, renderReport } from './report.ts';

const people = table({
  source: source('test', 'postgres'),
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

/** A database and a view table; `step` runs before each second look, so that a test can let the world move on. */
function world(given: {
  rows: readonly Row[];
  items: readonly Item[];
  unstorable?: readonly number[];
  step?: (look: number, map: Map<string, Item>) => void;
}) {
  const map = new Map(given.items.map((one) => [formatKey(itemKeyOf(one)), one]));
  const idOf = (one: Row): number => Number(scalarOf(one['id']));
  const ordered = given.rows.toSorted((a, b) => idOf(a) - idOf(b));
  const byId = new Map(given.rows.map((one) => [idOf(one), one]));
  const found = (one: Row): FoundRow =>
    given.unstorable?.includes(idOf(one)) ? { row: one, unstorable: new UnstorableValueError('NaN') } : { row: one };
  const seen = { rows: [] as number[], items: [] as string[] };
  let looks = 0;
  const deps: CompareDependencies = {
    rows: {
      scan: async function* (_view, { after, from, to, batchSize = 2 } = {}) {
        let rest = ordered.filter(
          (one) =>
            (!after || idOf(one) > idOf(after)) && (!from || idOf(one) >= idOf(from)) && (!to || idOf(one) <= idOf(to)),
        );
        for (; rest.length > 0; rest = rest.slice(batchSize)) {
          seen.rows.push(...rest.slice(0, batchSize).map(idOf));
          yield rest.slice(0, batchSize).map(found);
        }
      },
      readMany: async (_view, keyRows) => {
        given.step?.(++looks, map);
        return keyRows.map((keyRow) => {
          const one = byId.get(idOf(keyRow));
          return one && found(one);
        });
      },
      isWithin: async (_view, keyRow, { from, to }) =>
        (!from || idOf(keyRow) >= idOf(from)) && (!to || idOf(keyRow) <= idOf(to)),
    },
    items: {
      batchGet: async (keys) => keys.map((key) => map.get(formatKey(key))),
      scan: async function* ({ after } = {}) {
        const all = [...map.values()];
        const start = after ? all.findIndex((one) => formatKey(itemKeyOf(one)) === formatKey(after)) + 1 : 0;
        for (const one of all.slice(start)) {
          seen.items.push(itemKeyOf(one).pk);
          yield one;
        }
      },
    },
  };
  return { ...deps, seen };
}

const quick = { recheckPauseMs: 0 };

describe('compareView', () => {
  it('finds nothing where every item says what SQL says', async () => {
    const result = await compareView(eager, world({ rows: [row(1), row(2)], items: [stored(1), stored(2)] }), quick);
    expect(result).toMatchObject({ view: 'people', compared: 2, counts: { matched: 2 }, differences: [] });
  });

  it('takes a row that does not belong to the view for none', async () => {
    const filtered = view('filtered', {
      ...eager,
      changes: {},
      events: () => [],
      where: { from: ['city'], keep: ({ city }) => city !== 'Delft' },
    });
    const rows = [row(1), row(2, 'Delft'), row(3, 'Delft')];
    const result = await compareView(filtered, world({ rows, items: [stored(1), stored(2, 'Delft')] }), quick);
    expect(result.counts).toMatchObject({ matched: 2, extra: 1 });
    expect(result.differences).toMatchObject([{ class: 'extra', keyParts: ['2'], expected: undefined }]);
  });

  it('compares what is computed too', async () => {
    const labelled = view('labelled', {
      ...eager,
      changes: {},
      events: () => [],
      computed: { label: { from: ['id'], type: textType(), value: ({ id }) => `#${id}` } },
    });
    const [fresh, old] = [stored(1), stored(2)];
    const items = [
      { ...fresh, label: text('#1') },
      { ...old, label: text('old') },
    ];
    const result = await compareView(labelled, world({ rows: [row(1), row(2)], items }), quick);
    expect(result.counts).toMatchObject({ matched: 1, stale: 1 });
  });

  it('finds a stale, a missing and an extra item, and shows both sides', async () => {
    const deps = world({ rows: [row(1, 'Delft'), row(2)], items: [stored(1), stored(3)] });
    const result = await compareView(eager, deps, quick);
    expect(result.counts).toMatchObject({ matched: 0, stale: 1, missing: 1, extra: 1 });
    expect(result.compared).toBe(3);
    expect(result.differences).toEqual([
      {
        class: 'stale',
        key: keyOf(1),
        keyParts: ['1'],
        expected: row(1, 'Delft'),
        actual: { id: { N: '1.0' }, city: text('Leiden') },
      },
      { class: 'missing', key: keyOf(2), keyParts: ['2'], expected: row(2), actual: undefined },
      {
        class: 'extra',
        key: keyOf(3),
        keyParts: ['3'],
        expected: undefined,
        actual: { id: { N: '3.0' }, city: text('Leiden') },
      },
    ]);
    expect(renderReport([result])).toContain('\nstale people 1\n  city\nmissing people 2\nextra people 3');
    expect(renderReport([result], { values: true })).toContain('  city: SQL {"S":"Delft"}, item {"S":"Leiden"}\n');
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

  it('leaves items of other views alone, and those no reader can ask for', async () => {
    const other = item({ key: { pk: 'C#view', sk: 'control' } });
    const unreachable = item({ key: { pk: 'p1#seven', sk: 'P' } });
    expect(await compareView(eager, world({ rows: [], items: [other, unreachable] }), quick)).toMatchObject({
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

  it('tells of every confirmed difference, and waits for what is done about it', async () => {
    const told: string[] = [];
    let underWay = 0;
    let most = 0;
    const onDifference = async (_: unknown, keyRow: Row, found: string): Promise<void> => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      told.push(`${found} ${keyRow['id'] !== undefined && 'N' in keyRow['id'] ? keyRow['id'].N : '?'}`);
    };
    const rows = Array.from({ length: 250 }, (_, id) => row(id));
    await compareView(eager, world({ rows, items: [stored(7)] }), { ...quick, maxDifferences: 1, onDifference });
    expect([told.length, told.includes('missing 0'), told.includes('missing 7'), underWay]).toEqual([
      249,
      true,
      false,
      0,
    ]);
    expect(most).toBeLessThanOrEqual(100);
  });

  it('settles a crowd of differences on the way, and counts each once', async () => {
    const ids = Array.from({ length: 2_500 }, (_, i) => i);
    const result = await compareView(eager, world({ rows: ids.map((id) => row(id)), items: [] }), quick);
    expect([result.compared, result.counts.missing, result.differences.length]).toEqual([2_500, 2_500, 100]);
  });

  it('compares only the range, extras included', async () => {
    const deps = world({
      rows: [1, 2, 5, 6].map((id) => row(id)),
      items: [stored(2), stored(3), stored(5), stored(7)],
    });
    const result = await compareView(eager, deps, { ...quick, range: { from: row(2), to: row(5) } });
    expect(result.counts).toMatchObject({ matched: 2, missing: 0, extra: 1 });
    expect(result.differences.map(({ keyParts }) => keyParts)).toEqual([['3']]);
  });

  it('does not blame an item for a row that cannot be stored', async () => {
    const quarantined = item({ key: keyOf(1), state: ItemState.quarantined });
    const deps = world({ rows: [row(1), row(2)], items: [quarantined], unstorable: [1, 2] });
    expect((await compareView(eager, deps, quick)).counts).toMatchObject({ quarantined: 2, missing: 0, stale: 0 });
  });

  it('counts a row whose key is longer than a key can be among those that have no item', async () => {
    const labels = table({
      source: source('test', 'postgres'),
      name: 'public.labels',
      primaryKey: ['label'],
      columns: { label: notNull(textType()) },
    });
    const of = view('labels', {
      table: labels,
      key: { pk: ['q1', column('label')], sk: ['Q'] },
      attributes: { label: 'label' },
    });
    const found = ['fits', 'x'.repeat(2_046)].map((label) => ({ row: { label: text(label) } }));
    const { counts } = await compareView(of, {
      rows: {
        scan: async function* () {
          yield found;
        },
        readMany: () => Promise.reject(new Error('nothing to be looked at again')),
        isWithin: async () => true,
      },
      items: {
        batchGet: async (keys) => keys.map((key) => item({ key, columns: { label: text('fits') } })),
        scan: async function* () {},
      },
    });
    expect(counts).toMatchObject({ matched: 1, quarantined: 1, missing: 0, stale: 0 });
  });

  it('holds to a rate', async () => {
    const deps = world({ rows: [1, 2, 3].map((id) => row(id)), items: [1, 2, 3].map((id) => stored(id)) });
    const begun = performance.now();
    await compareView(eager, deps, { ...quick, ratePerSecond: 20, batchSize: 1 });
    expect(performance.now() - begun).toBeGreaterThan(200);
  });
});

describe('an interrupted comparison', () => {
  const given = {
    rows: [1, 2, 3, 4, 5, 6].map((id) => row(id, id === 1 ? 'Delft' : 'Leiden')),
    items: [1, 2, 3, 5, 6, 8, 9].map((id) => stored(id)),
  };
  const whole = { matched: 4, stale: 1, missing: 1, extra: 2 };

  /** Ends at the `pages`th page; what was told by then is the progress. */
  async function interrupted(pages: number, from = given, batchSize = 2): Promise<Progress> {
    const stop = new AbortController();
    const told: Progress[] = [];
    const onProgress = async (progress: Progress): Promise<void> => {
      told.push(JSON.parse(JSON.stringify(progress)) as Progress);
      if (told.length === pages) stop.abort(new Error('stopped'));
    };
    const options = { ...quick, batchSize, signal: stop.signal, onProgress };
    await expect(compareView(eager, world(from), options)).rejects.toThrow('stopped');
    return told[pages - 1] as Progress;
  }

  it.each([
    [1, [3, 4, 5, 6], 7],
    [2, [5, 6], 7],
    [4, [], 5],
    [6, [], 1],
  ])('after page %i goes on where it stopped, and counts the same', async (pages, rowsLeft, itemsLeft) => {
    const deps = world(given);
    const result = await compareView(eager, deps, { ...quick, batchSize: 2, resume: await interrupted(pages) });
    expect(result.counts).toMatchObject(whole);
    expect(result.differences.map(({ class: found }) => found).toSorted()).toEqual([
      'extra',
      'extra',
      'missing',
      'stale',
    ]);
    expect(deps.seen.rows).toEqual(rowsLeft);
    expect(deps.seen.items).toHaveLength(itemsLeft);
  });

  it('counts differences that were confirmed before once, and shows them', async () => {
    const crowd = { rows: Array.from({ length: 2_500 }, (_, id) => row(id)), items: [] };
    const resume = await interrupted(3, crowd, 500);
    expect(resume.views['people']?.counts.missing).toBe(900);
    const result = await compareView(eager, world(crowd), { ...quick, resume });
    expect([result.compared, result.counts.missing, result.differences.length]).toEqual([2_500, 2_500, 100]);
  });

  it('does not go on with another task', async () => {
    const resume = await interrupted(1);
    await expect(compareView(lazy, world(given), { ...quick, resume })).rejects.toMatchObject({
      code: 'HYBRIDGE_VERIFY_PROGRESS_MISMATCH',
    });
    await expect(compareView(eager, world(given), { ...quick, resume, range: { from: row(2) } })).rejects.toThrow(
      'asked',
    );
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
    const found = sqlRow && { row: sqlRow };
    expect([eager, lazy].map((one) => classify(one, found, given, 5))).toEqual(expected);
  });

  it.each<[string, Item | undefined, ComparisonClass]>([
    ['no item', undefined, 'quarantined'],
    ['a quarantined item', item({ state: ItemState.quarantined }), 'quarantined'],
    ['a fence', item({ state: ItemState.fence }), 'quarantined'],
    ['a live item', item({ columns }), 'stale'],
    ['a tombstone that answers', tombstone(10), 'missing'],
  ])('%s for a row that cannot be stored', (_, given, expected) => {
    const found = { row: row(1), unstorable: new UnstorableValueError('NaN') };
    expect(classify(eager, found, given, 5)).toBe(expected);
  });
});

import { type Item, keyOf as itemKeyOf, formatKey, scalarOf, text } from '@hybridge/protocol';
import { SqlReadError, type TableReader } from '@hybridge/reader-sql';
import { item } from '@hybridge/testkit';
import {
  type AnyView,
  type Row,
  column,
  createCatalog,
  int4,
  notNull,
  source,
  table,
  text as textType,
  view,
} from '@hybridge/views';
import { compareAll } from './compare.ts';
import type { CompareOptions, Progress } from './comparison.ts';

const viewOf = (name: string, of: string) =>
  view(name, {
    table: table({
      source: source(of, 'postgres'),
      name: 'public.things',
      primaryKey: ['id'],
      columns: { id: notNull(int4()), name: notNull(textType()) },
    }),
    key: { pk: [name, column('id')], sk: ['X'] },
    attributes: { id: 'id', name: 'name' },
  });
const [shop, stock] = [viewOf('shop-things', 'shop'), viewOf('stock-things', 'stock')];
const catalog = createCatalog([stock, shop]);

const row = (id: number): Row => ({ id: { N: String(id) }, name: text('n') });
const stored = (of: AnyView, id: number): Item => item({ key: { pk: `${of.name}#${id}`, sk: 'X' }, columns: row(id) });
const down = new SqlReadError('HYBRIDGE_READER_SQL_UNAVAILABLE', 'connection refused', { cause: undefined });

// eslint-disable-next-line require-yield -- the first page is what fails
async function* silent(): AsyncGenerator<never> {
  throw down;
}

const fail = (message: string): never => {
  throw new Error(message);
};

/** Rows 1 to 3 of both sources; `stock` stops to answer at one of the steps of a comparison. */
function world(failing?: 'scan' | 'readMany', error: Error = down) {
  const failFor = (of: AnyView, step: string): void => {
    if (of === stock && step === failing) throw error;
  };
  const items = [shop, stock].flatMap((of) => [1, 2, 3, 9].map((id) => stored(of, id)));
  const rows: Pick<TableReader, 'scan' | 'readMany' | 'isWithin'> = {
    scan: async function* (of) {
      yield [{ row: row(1) }, { row: row(2) }];
      failFor(of, 'scan');
      yield [{ row: row(3) }];
    },
    readMany: async (of, keyRows) => {
      failFor(of, 'readMany');
      return keyRows.map(({ id }) => (scalarOf(id) === '9' ? undefined : { row: row(Number(scalarOf(id))) }));
    },
    isWithin: async () => true,
  };
  return {
    rows,
    items: {
      batchGet: async (keys: readonly Parameters<typeof formatKey>[0][]) =>
        keys.map((key) => items.find((one) => formatKey(itemKeyOf(one)) === formatKey(key))),
      scan: async function* () {
        yield* items;
      },
    },
  };
}

const compare = async (failing?: 'scan' | 'readMany', options: CompareOptions = {}) => {
  const told: [string, Error][] = [];
  const comparisons = await compareAll(catalog, world(failing), {
    recheckPauseMs: 0,
    onUnavailable: ({ name }, error) => told.push([name, error]),
    ...options,
  });
  return { told, found: comparisons.map(({ view: name, compared, counts }) => [name, compared, counts.extra]) };
};

describe('a comparison of several sources', () => {
  it('holds each view against its own', async () => {
    expect(await compare()).toEqual({
      told: [],
      found: [
        ['stock-things', 4, 1],
        ['shop-things', 4, 1],
      ],
    });
  });

  it.each(['scan', 'readMany'] as const)('goes on with the others when one does not answer to %s', async (step) => {
    expect(await compare(step)).toEqual({ told: [['stock-things', down]], found: [['shop-things', 4, 1]] });
  });

  it('looks at no item when no source answers', async () => {
    const told: string[] = [];
    const nowhere = { ...world('scan'), items: { batchGet: async () => [], scan: () => fail('the items were read') } };
    const options = { recheckPauseMs: 0, onUnavailable: ({ name }: AnyView) => told.push(name) };
    expect(
      await compareAll(createCatalog([stock]), { ...nowhere, rows: { ...nowhere.rows, scan: silent } }, options),
    ).toEqual([]);
    expect(told).toEqual(['stock-things']);
  });

  it('ends where nobody wants to hear of it, or where it will not pass', async () => {
    await expect(compareAll(catalog, world('scan'), { recheckPauseMs: 0 })).rejects.toBe(down);
    const refused = new SqlReadError('HYBRIDGE_READER_SQL_REFUSED', 'no such table', { cause: undefined });
    const asked = compareAll(catalog, world('scan', refused), { recheckPauseMs: 0, onUnavailable: () => undefined });
    await expect(asked).rejects.toBe(refused);
  });

  it('tells no progress any more that would leave out items of the view that was left out', async () => {
    const saved: Progress[] = [];
    const onProgress = async (progress: Progress) => void saved.push(structuredClone(progress));
    await compare('scan', { onProgress, batchSize: 2 });
    const last = saved.at(-1);
    expect(last?.itemsAfter).toBeUndefined();
    expect(last?.views['stock-things']).toMatchObject({ rowsDone: false });
    expect(await compareAll(catalog, world(), { recheckPauseMs: 0, resume: last })).toMatchObject([
      { view: 'stock-things', counts: { extra: 1 } },
      { view: 'shop-things', counts: { extra: 1 } },
    ]);
  });
});

import { createMetrics } from '@hybridge/observability';
import { type Item, columnsOf, stateOf, text as textValue } from '@hybridge/protocol';
import type { RowRead, RowReader } from '@hybridge/reader-sql';
import { type CellRow, changeEvent, createMemoryItemStore, inboxEvent, testContext } from '@hybridge/testkit';
import {
  column,
  createCatalog,
  decodeTextRow,
  int4,
  notNull,
  numeric,
  source,
  table,
  text,
  view,
} from '@hybridge/views';
import { applyRow } from './apply.ts';
import { createProjectorMetrics } from './metrics.ts';
import { readRecord } from './parking/read-record.ts';
import type { RowWork, Work } from './work.ts';
import { recordOf } from './testing.features.ts';

const products = table({
  source: source('shop', 'postgres'),
  name: 'public.products',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), name: notNull(text()), price: notNull(numeric()) },
});
const viewOf = (name: string, attributes: Record<string, 'name' | 'price'>) =>
  view(name, { table: products, key: { pk: [name, column('id')], sk: ['P'] }, attributes });
const catalog = createCatalog([
  viewOf('names', { name: 'name' }),
  viewOf('prices', { price: 'price' }),
  viewOf('all', { name: 'name', price: 'price' }),
]);
const options = { catalog, agedAfterMs: 1e12, nowMs: 0 };
let lsn = 100;
const read = (after: CellRow | null): readonly Work[] =>
  readRecord(
    recordOf(changeEvent({ op: 'u', table: 'public.products', after, lsn: (lsn += 10) }), {
      topic: 'shop.public.products',
      key: '{"id":1}',
      offset: 7n,
    }),
    options,
  );
const gone = Object.assign(new Error('column "price" does not exist'), { retry: 'permanent' });
const busy = Object.assign(new Error('too many clients'), { retry: 'transient' });

describe('a record without a mapped column', () => {
  const renamed = () => read({ id: 1, name: 'n', cost: '5' });

  it('is read as ever by views that do not need it', () => {
    const [names] = renamed() as [RowWork];
    expect(names).toMatchObject({ change: { kind: 'upsert', columns: { name: textValue('n') } } });
    expect(names.missing).toBeUndefined();
  });

  it('names all views that do, the column, the place, and what may be its new name', () => {
    const works = renamed() as RowWork[];
    expect(works.map(({ view: of, change }) => [of.name, change.kind])).toEqual([
      ['names', 'upsert'],
      ['prices', 'touched'],
      ['all', 'touched'],
    ]);
    for (const { missing } of works.slice(1)) {
      expect(missing).toMatchObject({ code: 'HYBRIDGE_PROJECTOR_SCHEMA_CHANGED', retry: 'permanent' });
      expect(missing?.message).toMatch(
        /^shop\.public\.products\[0] offset 7: .*column price is missing \(needed by prices, all\).*definition: cost\./,
      );
    }
  });

  it('halts its partition when the column is part of the key', () => {
    expect(() => read({ name: 'n', price: '5' })).toThrow(/column id is missing \(needed by names, prices, all\)/);
  });

  it('is parked when a column has another type, with the column, the value and all views that need it', () => {
    const works = read({ id: 1, name: 'n', price: 'free' });
    expect(works.map(({ kind }) => kind)).toEqual(['park', 'park', 'park']);
    expect(works[0]).toMatchObject({
      reason: expect.stringMatching(/column price has another type: "free" .* \(needed by prices, all\)/) as string,
    });
  });

  it('halts its partition when it is the image of an answer, whose change nobody else would settle', () => {
    const answer = { changeId: 'c', view: 'prices', pk: 'prices#1', sk: 'P', outcome: 'A', image: { id: 1 } } as const;
    const record = recordOf(inboxEvent(answer), { topic: 'shop.public.hybridge_inbox' });
    expect(() => readRecord(record, options)).toThrow(/price/);
  });

  it('is read view by view also where one collects another', () => {
    const lists = view('lists', {
      table: products,
      key: { pk: ['prices', column('id')], sk: ['LIST'] },
      attributes: { name: 'name' },
      collect: { prices: catalog.byName('prices') },
    });
    const both = createCatalog([catalog.byName('prices'), lists]);
    const after = { id: 1, name: 'n', cost: '5' };
    const record = recordOf(changeEvent({ op: 'u', table: 'public.products', after, lsn: (lsn += 10) }), {
      topic: 'shop.public.products',
      key: '{"id":1}',
    });
    const works = readRecord(record, { ...options, catalog: both }) as RowWork[];
    expect(works.map(({ view: of, change }) => [of.name, change.kind])).toEqual([
      ['prices', 'touched'],
      ['lists', 'upsert'],
    ]);
  });

  describe('when it is applied', () => {
    const priced = catalog.byName('prices');
    const setUp = (answer: () => Promise<RowRead>) => {
      const store = createMemoryItemStore();
      const rows: RowReader = { read: answer, scan: async function* () {} };
      const metrics = createProjectorMetrics(createMetrics('projector', { process: false }));
      const deps = { store, rows, context: testContext(), metrics, put: async () => false } as never;
      const apply = (work: Work | undefined) => applyRow(work as RowWork, deps);
      return { store, apply, item: () => store.peek({ pk: 'prices#1', sk: 'P' }) as Item };
    };
    const full = () => read({ id: 1, name: 'n', price: '4' })[1];

    it('halts while SQL does not have the column, and leaves the item as it is', async () => {
      const { apply, item } = setUp(() => Promise.reject(gone));
      await apply(full());
      const before = item();
      await expect(apply(renamed()[1])).rejects.toThrow(/needed by prices, all/);
      expect(item()).toBe(before);
    });

    it('is tried again when SQL does not answer', async () => {
      const { apply } = setUp(() => Promise.reject(busy));
      await expect(apply(renamed()[1])).rejects.toBe(busy);
    });

    it('is what SQL says, as soon as SQL has the column again', async () => {
      const row = decodeTextRow(products, ['id', 'price'], { id: '1', price: '5' });
      const { apply, item } = setUp(async () => ({ proven: true, row }));
      await apply(full());
      await apply(renamed()[1]);
      expect([stateOf(item()), columnsOf(item())]).toEqual(['L', { price: { N: '5' } }]);
      expect(priced.mode).toBe('eager');
    });
  });
});

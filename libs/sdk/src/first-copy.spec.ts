/** Entities that live in the view table first: nothing here needs SQL. */
import { ItemState, Meta, number, pendingOf, stateOf, text } from '@hybridge/protocol';
import { createMemoryItemReads, createMemoryItemStore, item, testContext } from '@hybridge/testkit';
import {
  column,
  createCatalog,
  int4,
  int8,
  keyFromParts,
  keyOfRow,
  notNull,
  nullable,
  source,
  table,
  text as textColumn,
  view,
} from '@hybridge/views';
import { createHybridge } from './hybridge.ts';
import { sqlDown } from './sdk-fixture.features.ts';

const wishes = view('wishes', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.wishes',
    primaryKey: ['customer', 'product'],
    columns: {
      customer: notNull(int8()),
      product: notNull(int8()),
      quantity: notNull(int4()),
      note: nullable(textColumn()),
    },
  }),
  primary: 'dynamodb',
  key: { pk: ['w1', column('customer')], sk: ['WISH', column('product')] },
  attributes: { customerId: 'customer', productId: 'product', quantity: 'quantity', note: 'note' },
});

const KEY = keyOfRow(wishes, keyFromParts(wishes, ['7', '9']));
const by = 'customer:7';
const two = { op: 'insert', values: { quantity: 2 } } as const;

/** A dead SQL that counts who asks it. */
function setUp(limits: { readonly maxPending?: number } = {}) {
  const store = createMemoryItemStore();
  const context = testContext({ limits });
  const sql = { asked: 0 };
  const dead = () => {
    sql.asked += 1;
    throw sqlDown();
  };
  const rows = { read: async () => dead(), scan: dead };
  const items = createMemoryItemReads(store);
  const hybridge = createHybridge({ catalog: createCatalog([wishes]), items, store, rows, context });
  return { store, context, sql, hybridge };
}

const tombstone = (negativeUntil: number) =>
  item({ key: KEY, state: ItemState.tombstone, meta: { [Meta.negativeExpiry]: number(negativeUntil) } });

describe('a read', () => {
  it('answers that there is no such entity from the view table alone, and leaves no trace', async () => {
    const { hybridge, store, sql } = setUp();
    expect(await hybridge.lookup(wishes, [7, 9])).toEqual({ found: undefined, source: 'item', stale: false });
    expect(await hybridge.batchGet(wishes, [[7, 9], [7, 10]])).toEqual([undefined, undefined]); // prettier-ignore
    expect((await hybridge.query(wishes, [7])).items).toEqual([]);
    expect(store.peek(KEY)).toBeUndefined();
    expect(sql.asked).toBe(0);
  });

  it('takes a tombstone of any age for an answer', async () => {
    const { hybridge, store, context, sql } = setUp();
    store.put(tombstone(context.now() - 1));
    expect(await hybridge.lookup(wishes, [7, 9])).toEqual({ found: undefined, source: 'item', stale: false });
    expect(sql.asked).toBe(0);
  });

  it('asks SQL about a fence, as nothing else knows', async () => {
    const { hybridge, store, sql } = setUp();
    store.put(item({ key: KEY, state: ItemState.fence }));
    await expect(hybridge.get(wishes, [7, 9])).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE' });
    await expect(hybridge.change(wishes, [7, 9], two, { by })).rejects.toMatchObject({
      code: 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE',
    });
    expect(sql.asked).toBeGreaterThan(0);
  });
});

describe('a change', () => {
  it('inserts, updates and deletes while SQL is dead, each visible at once', async () => {
    const { hybridge, store, sql } = setUp();
    const inserted = await hybridge.change(wishes, [7, 9], two, { by });
    expect(inserted.document).toMatchObject({ quantity: 2, note: null });
    expect((await hybridge.get(wishes, [7, 9], { after: inserted.token }))?.document).toMatchObject({ quantity: 2 });
    await hybridge.change(wishes, [7, 9], { op: 'update', set: { note: 'blue' } }, { by });
    expect((await hybridge.query(wishes, [7])).items).toMatchObject([{ document: { quantity: 2, note: 'blue' } }]);
    await hybridge.change(wishes, [7, 9], { op: 'delete' }, { by });
    expect(await hybridge.get(wishes, [7, 9])).toBeUndefined();
    expect(sql.asked).toBe(0);
    const pending = pendingOf(store.peek(KEY) ?? {});
    expect(pending.map(({ op }) => op)).toEqual(['i', 'u', 'd']);
    expect(pending[1]?.base).toMatchObject({ quantity: number(2), productId: number(9) }); // SQL can make the row of it
  });

  it('inserts over a tombstone of any age', async () => {
    const { hybridge, store, context, sql } = setUp();
    for (const age of [-1, 1]) {
      store.put(tombstone(context.now() - age));
      await hybridge.change(wishes, [7, 9], two, { by });
      expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.live);
    }
    expect(sql.asked).toBe(0);
  });

  it('finds nothing to update or delete where there is no item', async () => {
    const { hybridge, store, sql } = setUp();
    for (const change of [{ op: 'update', set: { note: 'x' } }, { op: 'delete' }] as const) {
      await expect(hybridge.change(wishes, [7, 9], change, { by })).rejects.toMatchObject({
        code: 'HYBRIDGE_SDK_NOT_FOUND',
      });
    }
    expect(store.peek(KEY)).toBeUndefined();
    expect(sql.asked).toBe(0);
  });

  it('is refused where the entity is there already, and where too many wait for SQL', async () => {
    const { hybridge, sql } = setUp({ maxPending: 2 });
    await hybridge.change(wishes, [7, 9], two, { by });
    await expect(hybridge.change(wishes, [7, 9], two, { by })).rejects.toMatchObject({
      code: 'HYBRIDGE_SDK_ALREADY_EXISTS',
    });
    const note = (value: string) => hybridge.change(wishes, [7, 9], { op: 'update', set: { note: value } }, { by });
    await note('a');
    await expect(note('b')).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_TOO_MANY_PENDING' });
    expect(sql.asked).toBe(0);
  });
});

it('holds an entity that SQL brought as any other', async () => {
  const { hybridge, store } = setUp();
  store.put(item({ key: KEY, columns: { customerId: number(7), productId: number(9), quantity: number(1), note: text('s') } })); // prettier-ignore
  expect((await hybridge.get(wishes, [7, 9]))?.document).toMatchObject({ quantity: 1, note: 's' });
});

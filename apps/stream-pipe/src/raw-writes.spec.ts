import { ApplyCustomerChange, parseMessage } from '@hybridge/contracts';
import { addresses, catalog } from '@hybridge/definitions';
import {
  type Attributes,
  type Item,
  type ItemKey,
  ItemState,
  Meta,
  NULL,
  type Write,
  carryOut,
  decideCustomerChange,
  decideRowChange,
  text,
} from '@hybridge/protocol';
import type { StreamRecord } from '@hybridge/source-dynamodb-stream';
import { createMemoryItemStore, item, pending, testContext, versionAt } from '@hybridge/testkit';
import { createCatalog, shapeOf, text as textColumn, view } from '@hybridge/views';
import { classify } from './classify.ts';

const ORDER: ItemKey = { pk: 'o1#ORDER#7', sk: 'ORDER' };
const ADDRESS: ItemKey = { pk: 'c1#CUSTOMER#42', sk: 'ADDRESS#home' };
const options = { catalog, fits: () => true };
const shape = shapeOf(catalog.byName('orders'));

const keyAttributes: Item = { pk: { S: ORDER.pk }, sk: { S: ORDER.sk } };
const live = item({ key: ORDER, columns: { status: text('placed'), total: { N: '12.50' } } });

const recordOf = (before: Item | undefined, after: Item | undefined, key = ORDER, byTtl = false): StreamRecord => ({
  key,
  ...(before === undefined ? {} : { oldImage: before }),
  ...(after === undefined ? {} : { newImage: after }),
  sequence: '17',
  at: 5_000,
  byTtl,
});

const isRaw = (before: Item | undefined, after: Item | undefined, byTtl = false): boolean =>
  classify(recordOf(before, after, ORDER, byTtl), options).raw !== undefined;

describe('a write behind the protocol', () => {
  it.each<[string, Item | undefined, Item]>([
    ['an update that leaves the nonce', live, { ...live, status: text('paid') }],
    ['a removal of a column', live, Object.fromEntries(Object.entries(live).filter(([name]) => name !== 'status'))],
    ['an item put in its place', live, { ...keyAttributes, status: text('paid') }],
    ['an item put where there was none', undefined, { ...keyAttributes, status: text('paid') }],
    ['an update that spoils the metadata too', live, { ...live, status: text('paid'), [Meta.state]: { N: '7' } }],
  ])('is known: %s', (_, before, after) => {
    expect(isRaw(before, after)).toBe(true);
  });

  it.each<[string, Item]>([
    ['no column', { ...live, [Meta.expiry]: { N: '1' } }],
    ['nothing but a column of ours', { ...live, _note: text('x') }],
    ['the spelling of a number', { ...live, total: { N: '12.5' } }],
  ])('is none that changes %s', (_, after) => {
    expect(isRaw(live, after)).toBe(false);
  });

  it('is a removal, unless it is by TTL or of what tells of no row', () => {
    expect(isRaw(live, undefined)).toBe(true);
    expect(isRaw(live, undefined, true)).toBe(false);
    const passing = [ItemState.fence, ItemState.tombstone].map((state) => item({ key: ORDER, state }));
    expect(passing.map((before) => isRaw(before, undefined))).toEqual([false, false]);
    expect(isRaw(item({ key: ORDER, state: ItemState.tombstone, pending: [pending()] }), undefined)).toBe(true);
  });

  it('is none that the protocol makes, also over what a raw writer left', async () => {
    const store = createMemoryItemStore([{ ...keyAttributes, status: text('by hand') }]);
    const context = testContext();
    const raw: boolean[] = [];
    const recorded = {
      get: store.get,
      write: async (write: Write) => {
        const before = store.peek(write.key);
        const result = await store.write(write);
        const after = store.peek(write.key);
        if (result.ok && after !== undefined) raw.push(isRaw(before, after));
        return result;
      },
    };
    const row = (n: number, columns: Attributes) => {
      const provenance = { version: versionAt(n), transaction: String(n), committedAt: n };
      const change = { key: ORDER, kind: 'upsert', columns, shape, ...provenance } as const;
      return carryOut(recorded, ORDER, (seen) => decideRowChange(change, 'eager', context, seen));
    };
    await row(1, { status: text('placed'), note: NULL });
    await row(2, { status: text('paid'), note: NULL });
    const change = { id: 'c-1', key: ORDER, op: 'u', set: { note: text('x') }, shape, by: 'me' } as const;
    await carryOut(recorded, ORDER, (seen) => decideCustomerChange(change, context, seen));
    expect(raw).toEqual([false, false, false]);
  });

  it('asks for nothing that is computed: it follows the rest', () => {
    const computing = view('orders', {
      table: catalog.byName('orders').table,
      key: catalog.byName('orders').key,
      attributes: { status: 'status', note: 'note' },
      computed: { label: { from: ['status'], type: textColumn(), value: ({ status }: { status: string }) => status } },
      changes: { allow: ['note'] },
      rawWrites: 'capture',
    } as never);
    const of = { catalog: createCatalog([computing]), fits: () => true };
    const before = item({ key: ORDER, columns: { status: text('placed'), note: NULL, label: text('placed') } });
    const rawOf = (changes: Attributes) => classify(recordOf(before, { ...before, ...changes }), of).raw;
    expect(rawOf({ note: text('x'), label: text('mine') })).toMatchObject({ fields: ['note'], captured: true });
    expect(rawOf({ label: text('mine') })).toMatchObject({ fields: [], captured: false });
  });

  it('says nothing of an item of no view that it changes', () => {
    const key = { pk: 'zz#1', sk: 'Z' };
    expect(classify(recordOf(undefined, item({ key, meta: { [Meta.nonce]: NULL } }), key), options)).toEqual({
      messages: [],
      failures: [],
    });
  });
});

const home: Attributes = {
  customerId: { N: '42' },
  label: text('home'),
  street: text('Kade 1'),
  postalCode: text('1000 AA'),
  city: text('Leiden'),
  country: text('NL'),
  instructions: NULL,
};
const address = (columns: Attributes = home, meta: Item = {}): Item => item({ key: ADDRESS, columns, meta });
const bare = (columns: Attributes): Item => ({ pk: text(ADDRESS.pk), sk: text(ADDRESS.sk), ...columns });

/** The command of a raw write to an address, and what is told of it. */
function told(before: Item | undefined, after: Item | undefined, fits = (_bytes: number): boolean => true) {
  const record = recordOf(before, after, ADDRESS);
  const { messages, raw } = classify(record, {
    catalog,
    fits: (message) => fits(JSON.stringify(message.detail).length),
  });
  const { metadata, data } = parseMessage(ApplyCustomerChange, messages[0]?.detail);
  return { id: metadata.id, changes: data.pending, change: data.pending.at(-1), raw, count: messages.length };
}

const without = (columns: Attributes, name: string): Attributes =>
  Object.fromEntries(Object.entries(columns).filter(([other]) => other !== name));

describe('what SQL is asked for', () => {
  const moved = { ...home, city: text('Delft') };

  it('is the update of the columns that changed, on what the view compares', () => {
    const { change, raw, id, count } = told(address(), address(moved));
    expect(change).toEqual({
      id: 'raw:17@5000',
      n: 1,
      op: 'u',
      set: { city: text('Delft') },
      base: home, // addresses compare the whole row
      baseVersion: versionAt(1),
      at: 5_000,
      by: 'raw',
    });
    expect(raw).toEqual({ kind: 'write', view: 'addresses', fields: ['city'], captured: true });
    expect([id, count]).toEqual(['raw:17@5000:ApplyCustomerChange', 1]);
  });

  it('is NULL for a column that was taken away', () => {
    expect(told(address(), address(without(home, 'city'))).change).toMatchObject({ op: 'u', set: { city: NULL } });
  });

  it('is an insert for an item put where none was, also over a tombstone', () => {
    const tombstone = item({ key: ADDRESS, state: ItemState.tombstone });
    for (const before of [undefined, tombstone]) {
      expect(told(before, bare(home))).toMatchObject({
        change: { op: 'i', set: home, base: {} },
        raw: { captured: true },
      });
    }
  });

  it('is an update for a change of an item that a raw writer put', () => {
    expect(told(bare(home), bare(moved)).change).toMatchObject({ op: 'u', set: { city: text('Delft') } });
  });

  it('is a delete on all columns for a removal', () => {
    const { change, raw } = told(address(), undefined);
    expect(change).toMatchObject({ op: 'd', set: {}, base: home });
    expect(raw).toEqual({ kind: 'delete', view: 'addresses', fields: [], captured: true });
  });

  it('comes behind the changes of customers that the item waited for', () => {
    const before = item({ key: ADDRESS, columns: home, pending: [pending({ n: 4 })] });
    const { changes } = told(before, { ...before, city: text('Delft') });
    expect(changes.map(({ id, n }) => [id, n])).toEqual([
      ['change-1', 4],
      ['raw:17@5000', 5],
    ]);
    let asked = 0;
    const alone = told(before, { ...before, city: text('Delft') }, () => asked++ > 0);
    expect(alone.changes.map(({ id }) => id)).toEqual(['raw:17@5000']);
  });

  it.each<[string, Attributes]>([
    ['a key column', { ...home, label: text('other') }],
    ['what no definition knows', { ...home, typo: text('x') }],
  ])('is refused by the definition for %s, and told as forbidden', (_, columns) => {
    expect(told(address(), address(columns)).raw).toMatchObject({ captured: false });
  });

  it.each<[string, Item | undefined, Item | undefined]>([
    [
      'a column on a tombstone',
      item({ key: ADDRESS, state: ItemState.tombstone }),
      {
        ...item({ key: ADDRESS, state: ItemState.tombstone }),
        city: text('x'),
      },
    ],
    ['the removal of a hidden item', item({ key: ADDRESS, state: ItemState.hidden, pending: [pending()] }), undefined],
    [
      'a value that no message carries',
      address(),
      address({ ...home, city: { SS: ['a'] } as unknown as { S: string } }),
    ],
  ])('is the repair alone for %s', (_, before, after) => {
    expect(told(before, after)).toMatchObject({ change: { op: 'u', set: {}, base: {} }, raw: { captured: false } });
  });

  it('is the repair alone for what does not fit', () => {
    const { change, raw } = told(address(), address(moved), (bytes) => bytes < 400);
    expect(change).toMatchObject({ op: 'u', set: {}, base: {} });
    expect(raw).toMatchObject({ captured: false, fields: ['city'] });
  });

  it('is asked for the first time and again in the same words', () => {
    expect(told(address(), address(moved))).toEqual(told(address(), address(moved)));
  });

  it('is told as forbidden where the view does not capture', () => {
    const { raw, messages } = classify(recordOf(live, { ...live, note: text('x') }), options);
    expect(addresses.rawWrites).toBe('capture');
    expect(raw).toEqual({ kind: 'write', view: 'orders', fields: ['note'], captured: false });
    expect(messages).toHaveLength(1);
  });

  it('outlives metadata that was spoiled with it', () => {
    const { change } = told(address(home, { [Meta.pending]: text('x') }), address(moved, { [Meta.version]: NULL }));
    expect(change).toMatchObject({ op: 'u', set: { city: text('Delft') } });
  });
});

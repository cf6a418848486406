import {
  type Attributes,
  type ChildOperation,
  type FanOutPorts,
  type Item,
  type ItemKey,
  NULL,
  type Relation,
  type RowChange,
  baseKey,
  carryOutChild,
  carryOutMove,
  carryOutPage,
  anchorKey,
  columnsOf,
  decideBaseChange,
  decideRowChange,
  fanOut,
  heldOf,
  jobKey,
  jobOf,
  keyOf,
  map,
  mustFanOut,
  plainShape,
  text,
} from '@hybridge/protocol';
import { type MemoryItemStore, createMemoryItemStore } from '../memory-item-store.ts';
import { rowChange, testContext, versionAt } from '../records.ts';

const CUSTOMER: Relation = { id: 'orders.customer', name: 'customer', attributes: ['name'] };
const SHAPE = plainShape(['qty', 'customerId']);
const orderKey = (n: number): ItemKey => ({ pk: `o1#ORDER#${n}`, sk: 'ORDER' });
const customerKey = (id: string): ItemKey => baseKey('s1.customers', id);

let store: MemoryItemStore;
const context = testContext();
beforeEach(() => {
  store = createMemoryItemStore();
});

const partitions: FanOutPorts['partitions'] = {
  query: async (partition, after, limit) =>
    store
      .items()
      .filter((item) => keyOf(item).pk === partition && (after === undefined || keyOf(item).sk > after))
      .sort((a, b) => (keyOf(a).sk < keyOf(b).sk ? -1 : 1))
      .slice(0, limit),
};
const ports = (): FanOutPorts => ({ store, partitions, relations: new Map([[CUSTOMER.id, CUSTOMER]]), context });

/** The order as an event of version `n` shows it. */
function orderOperation(
  n: number,
  customer: string | undefined,
  part: Partial<ChildOperation<string>> & { readonly kind?: RowChange['kind']; readonly order?: number } = {},
): ChildOperation<string> {
  const { kind = 'upsert', order = 1, ...rest } = part;
  const columns: Attributes = { qty: { N: String(n) }, customerId: customer === undefined ? NULL : text(customer) };
  const key = orderKey(order);
  const change = rowChange({ n, key, kind, columns: kind === 'delete' ? {} : columns, shape: SHAPE });
  return {
    key,
    decide: (seen) => decideRowChange(change, 'eager', context, seen),
    links: kind === 'delete' ? undefined : { customer: customer === undefined ? '' : customerKey(customer).pk },
    version: change.version,
    relations: [CUSTOMER],
    guess: 'same',
    checks: true,
    ...rest,
  };
}

async function writeCustomer(id: string, name: string, n: number, covers = false): Promise<string> {
  const key = customerKey(id);
  const change = rowChange({ n, key, columns: { name: text(name) }, shape: plainShape(['name']) });
  const ended = await carryOutChild<Parameters<typeof mustFanOut>[1]['outcome']>(store, {
    key,
    decide: (seen) => decideBaseChange(change, {}, context, seen),
    links: {},
    version: change.version,
    relations: [],
    guess: 'same',
    checks: true,
  });
  return mustFanOut(change, ended, covers) ? fanOut(ports(), key.pk, 2) : 'nothing to tell';
}

const order = (n = 1): Item => store.peek(orderKey(n)) as Item;
const customerOf = (item: Item) => item['customer'];
const expressionsFrom = (at: number) =>
  store.writes.slice(at).map(({ write, ok }) => `${write.expression}${ok ? '' : ' refused'}`);

describe('a child', () => {
  it('holds its parent from the beginning, for a reference and an item', async () => {
    await writeCustomer('1', 'Ada', 1);
    const before = store.writes.length;
    await carryOutChild(store, orderOperation(1, '1', { guess: 'other' }));
    expect(expressionsFrom(before)).toEqual(['putReference', 'upsertEager']);
    expect(customerOf(order())).toEqual(map({ name: text('Ada') }));
    expect(columnsOf(order())).toEqual({ qty: { N: '1' }, customerId: text('1') });
  });

  it('takes one write and no read where it points where it did', async () => {
    await writeCustomer('1', 'Ada', 1);
    await carryOutChild(store, orderOperation(1, '1', { guess: 'other' }));
    const before = store.writes.length;
    let reads = 0;
    const counted = { ...store, get: (key: ItemKey) => (reads++, store.get(key)) };
    await carryOutChild(counted, orderOperation(2, '1'));
    expect([expressionsFrom(before), reads]).toEqual([['upsertEager'], 0]);
    expect(customerOf(order())).toEqual(map({ name: text('Ada') }));
  });

  it('changes its parent with the references of both', async () => {
    await writeCustomer('1', 'Ada', 1);
    await writeCustomer('2', 'Grace', 1);
    await carryOutChild(store, orderOperation(1, '1', { guess: 'other' }));
    const before = store.writes.length;
    await carryOutChild(store, orderOperation(2, '2'));
    expect(expressionsFrom(before)).toEqual(['upsertEager refused', 'putReference', 'upsertEager', 'deleteReference']);
    expect(customerOf(order())).toEqual(map({ name: text('Grace') }));
    expect(store.items().filter((item) => keyOf(item).pk.startsWith('R#'))).toHaveLength(1);
  });

  it('has no fragment, and no reference is left, when it is deleted', async () => {
    await writeCustomer('1', 'Ada', 1);
    await carryOutChild(store, orderOperation(1, '1', { guess: 'other' }));
    await carryOutChild(store, orderOperation(2, undefined, { kind: 'delete' }));
    expect([order()['customer'], heldOf(order(), 'customer')]).toEqual([undefined, undefined]);
    expect(store.items().some((item) => keyOf(item).pk.startsWith('R#'))).toBe(false);
  });

  it('holds NULL while nothing is known of its parent, and for a row without parent', async () => {
    await carryOutChild(store, orderOperation(1, '9', { guess: 'other' }));
    expect([customerOf(order()), heldOf(order(), 'customer')?.version]).toEqual([NULL, '']);
    await writeCustomer('9', 'Alan', 1);
    expect(customerOf(order())).toEqual(map({ name: text('Alan') }));
    await carryOutChild(store, orderOperation(2, undefined));
    expect([customerOf(order()), heldOf(order(), 'customer')?.parent]).toEqual([NULL, '']);
  });
});

describe('a parent', () => {
  it('tells its children what it is now, one write for each', async () => {
    await writeCustomer('1', 'Ada', 1);
    for (const n of [1, 2]) await carryOutChild(store, orderOperation(1, '1', { order: n, guess: 'other' }));
    const before = store.writes.length;
    expect(await writeCustomer('1', 'Ada L.', 2)).toBe('done');
    expect(expressionsFrom(before)).toEqual(['upsertEager', 'refreshFragment', 'refreshFragment']);
    expect([1, 2].map((n) => customerOf(order(n)))).toEqual([
      map({ name: text('Ada L.') }),
      map({ name: text('Ada L.') }),
    ]);
  });

  it('tells nobody of columns that nobody holds', async () => {
    await writeCustomer('1', 'Ada', 1);
    await carryOutChild(store, orderOperation(1, '1', { guess: 'other' }));
    const before = store.writes.length;
    expect(await writeCustomer('1', 'Ada', 2)).toBe('nothing to tell');
    expect(expressionsFrom(before)).toEqual(['touchBase']);
    await carryOutChild(store, orderOperation(2, '1', { covers: true }));
    expect(heldOf(order(), 'customer')?.version).toBe(versionAt(1));
  });

  it('leaves more children than a limit to a job, which can be left and taken up', async () => {
    await writeCustomer('1', 'Ada', 1);
    for (const n of [1, 2, 3]) await carryOutChild(store, orderOperation(1, '1', { order: n, guess: 'other' }));
    expect(await writeCustomer('1', 'Ada L.', 2)).toBe('queued');
    const job = () => store.peek(jobKey(customerKey('1').pk));
    const outcomes: string[] = [];
    while (job() !== undefined) outcomes.push(await carryOutPage(ports(), jobOf(job() as Item), 1));
    expect(outcomes).toEqual(['more', 'more', 'more', 'ended']);
    expect([1, 2, 3].map((n) => customerOf(order(n)))).toEqual(Array(3).fill(map({ name: text('Ada L.') })));
  });
});

describe('a row that moves', () => {
  const place = (parent: string): ItemKey => ({ pk: `l1#ORDER#${parent}`, sk: 'LINE#7' });
  const operation = (n: number, key: ItemKey, kind: RowChange['kind']): ChildOperation<string> => {
    const change = rowChange({
      n,
      key,
      kind,
      columns: kind === 'delete' ? {} : { qty: { N: String(n) } },
      shape: SHAPE,
    });
    return {
      key,
      decide: (seen) => decideRowChange(change, 'eager', context, seen),
      links: undefined,
      version: change.version,
      relations: [],
      guess: 'same',
      checks: true,
    };
  };
  const move = (n: number, parent: string) => {
    const there = operation(n, place(parent), 'partial');
    const stay: ChildOperation<string> = {
      ...there,
      decide: (seen) => (seen === undefined ? there.decide(seen) : { do: 'done', outcome: 'unsure' }),
    };
    return carryOutMove(store, {
      anchor: anchorKey('lines', '7'),
      version: versionAt(n),
      place: place(parent),
      stay,
      arrive: operation(n, place(parent), 'upsert'),
      leave: (left) => operation(n, left, 'delete'),
      context,
    });
  };

  it('is at its new place and leaves a tombstone, the anchor last', async () => {
    await move(1, 'A');
    const before = store.writes.length;
    await move(2, 'B');
    expect(expressionsFrom(before)).toEqual(['upsertPartial refused', 'upsertEager', 'remove', 'setAnchor']);
    expect([store.peek(place('A'))?.['_st'], store.peek(place('B'))?.['_st']]).toEqual([text('T'), text('L')]);
  });

  it('takes one write where it stays', async () => {
    await move(1, 'A');
    const before = store.writes.length;
    await move(2, 'A');
    expect(expressionsFrom(before)).toEqual(['upsertPartial']);
  });
});

import {
  type CustomerChange,
  type Item,
  ItemState,
  Meta,
  ZERO_VERSION,
  carryOut,
  columnsOf,
  decideCustomerChange,
  encodeOutcomes,
  pendingOf,
  scalarOf,
  stateOf,
  text,
  truthOf,
  versionOf,
} from '@hybridge/protocol';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { KEY, customerChange, item, pending, testContext, versionAt } from '../records.ts';

async function ask(change: CustomerChange, before?: Item, context = testContext()) {
  const store = createMemoryItemStore(before === undefined ? [] : [before]);
  const ended = await carryOut(store, KEY, (seen) => decideCustomerChange(change, context, seen));
  return { outcome: ended.outcome, item: store.peek(KEY), returned: ended.item };
}

const row = { city: text('Utrecht'), name: text('Bo') };

describe('a customer’s update', () => {
  it('is visible at once, with the truth and what the customer saw set aside', async () => {
    const { outcome, item: after, returned } = await ask(customerChange(), item());
    expect(outcome).toBe('accepted');
    expect(columnsOf(after as Item)).toEqual({ city: text('Utrecht'), name: text('Ada') });
    expect(truthOf(after as Item)).toEqual({ exists: true, columns: { city: text('Leiden'), name: text('Ada') } });
    expect(pendingOf(after as Item)).toEqual([pending({ baseVersion: versionAt(1) })]);
    expect(scalarOf(after?.[Meta.pendingSince])).toBe('2023-11-14T22:13:20.000Z');
    expect(returned).toEqual(after);
  });

  it('is laid over an earlier one and numbered after it', async () => {
    const first = await ask(customerChange(), item());
    const second = await ask(customerChange({ id: 'change-2', set: { city: text('Delft') } }), first.item);
    expect(columnsOf(second.item as Item)['city']).toEqual(text('Delft'));
    expect(pendingOf(second.item as Item).map(({ id, n, base }) => ({ id, n, base }))).toEqual([
      { id: 'change-1', n: 1, base: { city: text('Leiden') } },
      { id: 'change-2', n: 2, base: { city: text('Utrecht') } },
    ]);
  });

  it('says also what the customer saw of that by which the row is compared', async () => {
    const { item: after } = await ask(customerChange({ compared: ['name', 'city', 'absent'] }), item());
    expect(pendingOf(after as Item)[0]?.base).toEqual({ city: text('Leiden'), name: text('Ada') });
    const { item: removed } = await ask(customerChange({ op: 'i', set: row, compared: ['name'] }));
    expect(pendingOf(removed as Item)[0]?.base).toEqual({});
  });

  it.each([
    ['nothing', undefined],
    ['a fence', item({ state: ItemState.fence })],
    ['a tombstone', item({ state: ItemState.tombstone })],
    ['a quarantined row', item({ state: ItemState.quarantined })],
    ['a hidden row', item({ state: ItemState.hidden, pending: [pending({ id: 'change-0', op: 'd' })] })],
  ])('finds %s nothing to change', async (_, before) => {
    const { outcome, item: after } = await ask(customerChange(), before);
    expect(outcome).toBe('not-found');
    expect(after).toEqual(before);
  });

  it('sent twice is laid over the item once, also after it was answered', async () => {
    const first = await ask(customerChange(), item());
    const again = await ask(customerChange(), first.item);
    expect(again.outcome).toBe('accepted');
    expect(again.item).toEqual(first.item);
    const settled = item({ meta: { [Meta.outcomes]: encodeOutcomes([{ id: 'change-1', out: 'A', at: 1 }]) } });
    expect(await ask(customerChange(), settled)).toMatchObject({ outcome: 'accepted', item: settled });
  });

  it('is refused when the item waits for too many answers', async () => {
    const context = testContext({ limits: { maxPending: 1 } });
    expect((await ask(customerChange({ id: 'change-2' }), item({ pending: [pending()] }), context)).outcome).toBe(
      'busy',
    );
  });

  it('is refused when the item is no longer what the customer looked at', async () => {
    expect((await ask(customerChange({ ifNonce: 'w9' }), item())).outcome).toBe('changed');
    expect((await ask(customerChange({ ifNonce: 'w0' }), item())).outcome).toBe('accepted');
    expect((await ask(customerChange({ ifNonce: 'w0', op: 'i', set: row }))).outcome).toBe('changed');
  });
});

describe('a customer’s delete', () => {
  it('hides the row and remembers all the customer saw', async () => {
    const { outcome, item: after } = await ask(customerChange({ op: 'd' }), item());
    expect(outcome).toBe('accepted');
    expect(stateOf(after as Item)).toBe(ItemState.hidden);
    expect(columnsOf(after as Item)).toEqual({});
    expect(pendingOf(after as Item)[0]).toMatchObject({
      op: 'd',
      set: {},
      base: { city: text('Leiden'), name: text('Ada') },
    });
    expect(truthOf(after as Item)).toMatchObject({ exists: true });
  });

  it('is refused on a row that is not there', async () => {
    expect((await ask(customerChange({ op: 'd' }))).outcome).toBe('not-found');
  });
});

describe('a customer’s insert', () => {
  const insert = customerChange({ op: 'i', set: row });

  it.each([
    ['nothing', undefined, 'unknown', ZERO_VERSION],
    ['a fence', item({ state: ItemState.fence, n: 3 }), 'unknown', versionAt(3)],
    ['a tombstone', item({ state: ItemState.tombstone, n: 3 }), false, versionAt(3)],
  ] as const)('stands over %s', async (_, before, exists, version) => {
    const { outcome, item: after } = await ask(insert, before);
    expect(outcome).toBe('accepted');
    expect(stateOf(after as Item)).toBe(ItemState.live);
    expect(columnsOf(after as Item)).toEqual(row);
    expect(truthOf(after as Item)).toEqual({ exists });
    expect(versionOf(after as Item)).toBe(version);
    expect(after).not.toHaveProperty(Meta.expiry);
  });

  it.each([ItemState.live, ItemState.hidden, ItemState.quarantined])('is refused over state %s', async (state) => {
    expect((await ask(insert, item({ state }))).outcome).toBe('exists');
  });
});

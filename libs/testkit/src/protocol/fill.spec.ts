import {
  type Attributes,
  type Item,
  ItemState,
  Meta,
  ZERO_VERSION,
  carryOut,
  columnsOf,
  decideRepair,
  decideRowChange,
  fillUnstorableWrite,
  fillWrite,
  invalidateWrite,
  isUncacheable,
  judgeRead,
  leaseOf,
  leaseWrite,
  scalarOf,
  stateOf,
  text,
  versionOf,
  plainShape,
} from '@hybridge/protocol';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { COLUMN_NAMES, KEY, item, pending, rowChange, testContext, versionAt } from '../records.ts';

const row: Attributes = { city: text('Leiden'), name: text('Ada') };

function given(before?: Item) {
  const store = createMemoryItemStore(before === undefined ? [] : [before]);
  const context = testContext();
  return {
    store,
    context,
    lease: (token: string) => store.write(leaseWrite(KEY, token, context)),
    fill: async (token: string, leased: Item | undefined, found: Attributes | undefined) =>
      store.write(fillWrite(leaseOf(KEY, token, leased as Item), plainShape(COLUMN_NAMES), found, context)),
    deliver: (n: number) => carryOut(store, KEY, (seen) => decideRowChange(rowChange({ n }), 'lazy', context, seen)),
    judge: () => judgeRead(store.peek(KEY), context.now()),
  };
}

describe('a fill', () => {
  it('stores the row at the version of its lease', async () => {
    const { store, lease, fill, judge } = given();
    const leased = await lease('t1');
    expect(judge()).toBe('miss');
    expect((await fill('t1', leased.item, row)).ok).toBe(true);
    const after = store.peek(KEY) as Item;
    expect([stateOf(after), columnsOf(after), versionOf(after)]).toEqual([ItemState.live, row, ZERO_VERSION]);
    expect(after).not.toHaveProperty(Meta.expiry);
    expect(judge()).toBe('hit');
  });

  it('remembers for a while that there is no such row', async () => {
    const { context, lease, fill, judge } = given();
    const leased = await lease('t1');
    await fill('t1', leased.item, undefined);
    expect(judge()).toBe('not-found');
    context.advance(context.limits.negativeTtlMs + 1);
    expect(judge()).toBe('miss');
    expect((await lease('t2')).ok).toBe(true);
  });

  it('is refused when a change event touched the key since its lease', async () => {
    const { store, lease, fill, deliver } = given();
    const leased = await lease('t1');
    expect((await deliver(5)).outcome).toBe('fenced');
    expect((await fill('t1', leased.item, row)).ok).toBe(false);
    expect(versionOf(store.peek(KEY) as Item)).toBe(versionAt(5));
  });

  it('keeps the version and the transaction to prove of a fence', async () => {
    const fence = item({ state: ItemState.fence, n: 5, meta: { [Meta.transaction]: text('705') } });
    const { lease } = given(fence);
    const leased = await lease('t1');
    expect(leaseOf(KEY, 't1', leased.item as Item)).toEqual({
      key: KEY,
      token: 't1',
      version: versionAt(5),
      transaction: '705',
    });
  });

  it('belongs to one reader until its lease expires', async () => {
    const { context, lease, fill } = given();
    const first = await lease('t1');
    expect((await lease('t2')).ok).toBe(false);
    context.advance(context.limits.leaseMs + 1);
    const second = await lease('t2');
    expect(second.ok).toBe(true);
    expect((await fill('t1', first.item, row)).ok).toBe(false);
    expect((await fill('t2', second.item, row)).ok).toBe(true);
  });

  it.each([
    ['a live item', item()],
    [
      'a fresh tombstone',
      item({ state: ItemState.tombstone, meta: { [Meta.negativeExpiry]: { N: '1800000000000' } } }),
    ],
    ['a quarantined row', item({ state: ItemState.quarantined })],
    ['a hidden row', item({ state: ItemState.hidden, pending: [pending({ op: 'd' })] })],
  ])('does not begin on %s', async (_, before) => {
    expect((await given(before).lease('t1')).ok).toBe(false);
  });
});

describe('judgeRead', () => {
  it.each([
    ['hit', ItemState.live],
    ['not-found', ItemState.hidden],
    ['miss', ItemState.fence],
    ['miss', ItemState.quarantined],
    ['miss', ItemState.tombstone],
  ])('says %s for state %s', (verdict, state) => {
    expect(judgeRead(item({ state }), 0)).toBe(state === ItemState.tombstone ? 'not-found' : verdict);
    expect(judgeRead(item({ state }), 1)).toBe(verdict);
  });

  it('says miss for nothing', () => expect(judgeRead(undefined, 0)).toBe('miss'));

  it('has readers leave quarantined rows alone', () => {
    expect(isUncacheable(item({ state: ItemState.quarantined }))).toBe(true);
    expect(isUncacheable(item())).toBe(false);
    expect(isUncacheable(undefined)).toBe(false);
  });
});

describe('fillUnstorableWrite', () => {
  it('quarantines the key at the version of its lease', async () => {
    const { store, context, lease } = given(item({ state: ItemState.fence, n: 5 }));
    const leased = leaseOf(KEY, 't1', (await lease('t1')).item as Item);
    expect((await store.write(fillUnstorableWrite(leased, '39 digits', context))).ok).toBe(true);
    const after = store.peek(KEY) as Item;
    expect([stateOf(after), versionOf(after)]).toEqual([ItemState.quarantined, versionAt(5)]);
    expect(after[Meta.quarantine]).toEqual(text('39 digits'));
    expect(Object.keys(after)).not.toEqual(expect.arrayContaining([Meta.leaseToken]));
  });

  it('is refused when a change event touched the key since its lease', async () => {
    const { store, context, lease, deliver } = given();
    const leased = leaseOf(KEY, 't1', (await lease('t1')).item as Item);
    await deliver(5);
    expect((await store.write(fillUnstorableWrite(leased, '39 digits', context))).ok).toBe(false);
  });
});

describe('decideRepair', () => {
  const TTL = { [Meta.expiry]: { N: '1' }, [Meta.negativeExpiry]: { N: '2' } };
  const repair = async (before?: Item) => {
    const test = given(before);
    const { outcome } = await carryOut(test.store, KEY, (seen) => decideRepair(KEY, test.context, seen));
    return { ...test, outcome, after: test.store.peek(KEY) };
  };
  const expiryOf = (of: Item | undefined): number => Number(scalarOf(of?.[Meta.expiry])) * 1000;

  it.each([
    ['a live item', item({ n: 4 })],
    ['a tombstone', item({ n: 4, state: ItemState.tombstone, meta: TTL })],
    ['a quarantined item', item({ n: 4, state: ItemState.quarantined, meta: { [Meta.quarantine]: text('NaN') } })],
    ['a fence with a lease', item({ n: 4, state: ItemState.fence, meta: { [Meta.leaseToken]: text('t0') } })],
  ])('makes a fence of %s that keeps its version and lives as long as a tombstone', async (_, before) => {
    const { outcome, after, context, lease, store } = await repair({ ...before, [Meta.transaction]: text('704') });
    expect(outcome).toBe('fenced');
    expect(Object.keys(after as Item).sort()).toEqual(
      ['pk', 'sk', Meta.state, Meta.version, Meta.transaction, Meta.nonce, Meta.expiry].sort(),
    );
    expect([stateOf(after as Item), versionOf(after as Item)]).toEqual([ItemState.fence, versionAt(4)]);
    expect(expiryOf(after) - context.now()).toBeGreaterThanOrEqual(context.limits.tombstoneTtlMs);
    await lease('t1');
    expect(expiryOf(store.peek(KEY))).toBe(expiryOf(after));
  });

  it('leaves an item with pending changes alone, also when one comes in between', async () => {
    const waiting = item({ pending: [pending()] });
    expect((await repair(waiting)).outcome).toBe('pending');
    const { store, context } = given(waiting);
    expect((await store.write(invalidateWrite(item(), COLUMN_NAMES, KEY, context))).ok).toBe(false);
  });

  it('has nothing to do where there is no item', async () => expect((await repair()).outcome).toBe('absent'));
});

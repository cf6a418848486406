import {
  type Attributes,
  type Item,
  ItemState,
  Meta,
  ZERO_VERSION,
  carryOut,
  columnsOf,
  decideRowChange,
  fillWrite,
  invalidateWrite,
  isUncacheable,
  judgeRead,
  leaseOf,
  leaseWrite,
  stateOf,
  text,
  versionOf,
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
      store.write(fillWrite(leaseOf(KEY, token, leased as Item), found, context)),
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

describe('invalidateWrite', () => {
  it('turns a live item into a fence that keeps its version', async () => {
    const { store, context } = given(item({ n: 4 }));
    expect((await store.write(invalidateWrite(item({ n: 4 }), COLUMN_NAMES, KEY, context))).ok).toBe(true);
    const after = store.peek(KEY) as Item;
    expect([stateOf(after), versionOf(after), columnsOf(after)]).toEqual([ItemState.fence, versionAt(4), {}]);
  });

  it('leaves an item with pending changes alone', async () => {
    const { store, context } = given(item({ pending: [pending()] }));
    expect((await store.write(invalidateWrite(item(), COLUMN_NAMES, KEY, context))).ok).toBe(false);
  });
});

import {
  type Item,
  ItemState,
  Meta,
  type RowChange,
  type ViewMode,
  carryOut,
  columnsOf,
  committedAtOf,
  decideRowChange,
  encodeTruth,
  pendingOf,
  stateOf,
  text,
  transactionOf,
  truthOf,
  versionOf,
} from '@hybridge/protocol';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { KEY, item, pending, rowChange, testContext, versionAt } from '../records.ts';

async function apply(change: RowChange, mode: ViewMode, before?: Item) {
  const store = createMemoryItemStore(before === undefined ? [] : [before]);
  const context = testContext();
  const { outcome } = await carryOut(store, KEY, (seen) => decideRowChange(change, mode, context, seen));
  return { outcome, item: store.peek(KEY), store };
}

const fence = (n = 1): Item => item({ state: ItemState.fence, n });
const tombstone = (n = 1): Item => item({ state: ItemState.tombstone, n });
const quarantined = (n = 1): Item =>
  item({ state: ItemState.quarantined, n, meta: { [Meta.quarantine]: text('too large') } });

describe('a full row image', () => {
  it('creates the item of an eager view, with version and provenance', async () => {
    const { outcome, item: after } = await apply(rowChange(), 'eager');
    expect(outcome).toBe('applied');
    expect(stateOf(after as Item)).toBe(ItemState.live);
    expect(columnsOf(after as Item)).toEqual({ city: text('city 1'), name: text('name 1') });
    expect(versionOf(after as Item)).toBe(versionAt(1));
    expect(transactionOf(after as Item)).toBe('701');
    expect(committedAtOf(after as Item)).toBe(1_700_000_000_001);
  });

  it('takes one write on the common path', async () => {
    const { store } = await apply(rowChange({ n: 2 }), 'eager', item({ n: 1 }));
    expect(store.writes).toHaveLength(1);
  });

  it.each([
    ['absent', undefined],
    ['a fence', fence()],
  ])('only fences what is %s in a lazy view', async (_, before) => {
    const { outcome, item: after } = await apply(rowChange({ n: 2 }), 'lazy', before);
    expect(outcome).toBe('fenced');
    expect(stateOf(after as Item)).toBe(ItemState.fence);
    expect(versionOf(after as Item)).toBe(versionAt(2));
    expect(columnsOf(after as Item)).toEqual({});
  });

  it.each(['eager', 'lazy'] as const)(
    'brings a tombstone, a live and a quarantined item to life (%s)',
    async (mode) => {
      for (const before of [tombstone(), item(), quarantined()]) {
        const { outcome, item: after } = await apply(rowChange({ n: 2 }), mode, before);
        expect(outcome).toBe('applied');
        expect(stateOf(after as Item)).toBe(ItemState.live);
        expect(after).not.toHaveProperty(Meta.expiry);
        expect(after).not.toHaveProperty(Meta.quarantine);
      }
    },
  );

  it.each([1, 2])('is stale on an item at version 2 when its own is %i', async (n) => {
    for (const before of [item({ n: 2 }), tombstone(2), quarantined(3)]) {
      const { outcome, item: after } = await apply(rowChange({ n }), 'eager', before);
      expect(outcome).toBe('stale');
      expect(after).toEqual(before);
    }
  });

  it.each([
    ['eager', 'fenced'],
    ['lazy', 'stale'],
  ] as const)('an %s view answers a replay over its own fence with %s, and writes nothing', async (mode, expected) => {
    const { outcome, item: after } = await apply(rowChange({ n: 2 }), mode, fence(2));
    expect(outcome).toBe(expected);
    expect(after).toEqual(fence(2));
  });

  it('of an old snapshot does not create an item whose tombstone may be gone', async () => {
    const aged = rowChange({ aged: true });
    const absent = await apply(aged, 'eager');
    expect([absent.outcome, stateOf(absent.item as Item)]).toEqual(['fenced', ItemState.fence]);
    const live = await apply({ ...aged, version: versionAt(5) }, 'eager', item());
    expect(live.outcome).toBe('applied');
  });

  it('of a new epoch wins over every version of the old one', async () => {
    const { outcome } = await apply(rowChange({ version: versionAt(0, 1) }), 'eager', item({ n: 999 }));
    expect(outcome).toBe('applied');
  });
});

describe('a partial update (unchanged TOAST columns)', () => {
  const partial = rowChange({ n: 2, kind: 'partial', columns: { city: text('Delft') } });

  it('keeps the columns the event did not carry', async () => {
    const { outcome, item: after } = await apply(partial, 'eager', item());
    expect(outcome).toBe('applied');
    expect(columnsOf(after as Item)).toEqual({ city: text('Delft'), name: text('Ada') });
  });

  it.each([
    ['nothing', undefined],
    ['a fence', fence()],
    ['a tombstone', tombstone()],
    ['a quarantined row', quarantined()],
  ])('fences %s, so that the whole row is read from SQL', async (_, before) => {
    const { outcome, item: after } = await apply(partial, 'eager', before);
    expect([outcome, stateOf(after as Item)]).toEqual(['fenced', ItemState.fence]);
  });

  it('makes the truth below a pending insert unknown when nothing was known of the row', async () => {
    const change = pending({ op: 'i', set: { city: text('Utrecht'), name: text('Bo') } });
    const before = item({ pending: [change], meta: { [Meta.truth]: encodeTruth({ exists: 'unknown' }) } });
    const { outcome, item: after } = await apply(partial, 'eager', before);
    expect(outcome).toBe('rebased');
    expect(truthOf(after as Item)).toEqual({ exists: 'unknown' });
  });
});

describe('a delete', () => {
  const deletion = rowChange({ n: 2, kind: 'delete' });

  it.each([
    ['nothing', undefined],
    ['a live item', item()],
    ['a fence', fence()],
    ['a quarantined item', quarantined()],
  ])('leaves a tombstone on %s', async (_, before) => {
    const { outcome, item: after } = await apply(deletion, 'eager', before);
    expect(outcome).toBe('applied');
    expect(stateOf(after as Item)).toBe(ItemState.tombstone);
    expect(columnsOf(after as Item)).toEqual({});
    expect(after).toHaveProperty(Meta.expiry);
    expect(after).toHaveProperty(Meta.negativeExpiry);
  });

  it('is stale on a newer row', async () => {
    const { outcome, item: after } = await apply(deletion, 'eager', item({ n: 3 }));
    expect([outcome, stateOf(after as Item)]).toEqual(['stale', ItemState.live]);
  });
});

describe('a row that cannot be stored', () => {
  it.each([
    ['can be stored after all', rowChange({ n: 1 }), 'fenced', ItemState.fence],
    ['still cannot', rowChange({ n: 1, kind: 'unstorable' }), 'stale', ItemState.quarantined],
    ['is not what was quarantined', rowChange({ n: 0 }), 'stale', ItemState.quarantined],
  ])('goes back to SQL only if the very event that was quarantined %s', async (_, change, outcome, state) => {
    const ended = await apply(change, 'eager', quarantined());
    expect([ended.outcome, stateOf(ended.item as Item)]).toEqual([outcome, state]);
    expect(versionOf(ended.item as Item)).toBe(versionAt(1));
  });

  it('is quarantined with its reason, and carries no columns', async () => {
    const { outcome, item: after } = await apply(
      rowChange({ n: 2, kind: 'unstorable', reason: '39 digits' }),
      'lazy',
      item(),
    );
    expect(outcome).toBe('quarantined');
    expect(stateOf(after as Item)).toBe(ItemState.quarantined);
    expect(after?.[Meta.quarantine]).toEqual(text('39 digits'));
    expect(columnsOf(after as Item)).toEqual({});
  });
});

describe('a change under pending customer changes', () => {
  const truth = encodeTruth({ exists: true, columns: { city: text('Leiden'), name: text('Ada') } });
  const waiting = item({
    columns: { city: text('Utrecht'), name: text('Ada') },
    pending: [pending()],
    meta: { [Meta.truth]: truth, [Meta.pendingSince]: text('2023-11-14T22:13:20.000Z') },
  });

  it.each(['eager', 'lazy'] as const)('puts the new truth below and the same change above (%s)', async (mode) => {
    const { outcome, item: after } = await apply(rowChange({ n: 2 }), mode, waiting);
    expect(outcome).toBe('rebased');
    expect(columnsOf(after as Item)).toEqual({ city: text('Utrecht'), name: text('name 2') });
    expect(truthOf(after as Item)).toEqual({ exists: true, columns: { city: text('city 2'), name: text('name 2') } });
    expect(pendingOf(after as Item)).toEqual([pending()]);
    expect(versionOf(after as Item)).toBe(versionAt(2));
  });

  it('merges a partial update into the truth', async () => {
    const partial = rowChange({ n: 2, kind: 'partial', columns: { name: text('Bo') } });
    const { item: after } = await apply(partial, 'eager', waiting);
    expect(truthOf(after as Item)).toEqual({ exists: true, columns: { city: text('Leiden'), name: text('Bo') } });
    expect(columnsOf(after as Item)).toEqual({ city: text('Utrecht'), name: text('Bo') });
  });

  it('hides the item when SQL deleted the row, and keeps the change', async () => {
    const { outcome, item: after } = await apply(rowChange({ n: 2, kind: 'delete' }), 'eager', waiting);
    expect(outcome).toBe('rebased');
    expect(stateOf(after as Item)).toBe(ItemState.hidden);
    expect(columnsOf(after as Item)).toEqual({});
    expect(truthOf(after as Item)).toEqual({ exists: false });
    expect(pendingOf(after as Item)).toHaveLength(1);
  });

  it('keeps an item hidden under a pending delete', async () => {
    const hidden = item({
      state: ItemState.hidden,
      pending: [pending({ op: 'd', set: {} })],
      meta: { [Meta.truth]: truth },
    });
    const { item: after } = await apply(rowChange({ n: 2 }), 'eager', hidden);
    expect(stateOf(after as Item)).toBe(ItemState.hidden);
    expect(columnsOf(after as Item)).toEqual({});
    expect(truthOf(after as Item)).toMatchObject({ exists: true });
  });

  it('is stale when the truth below is as new', async () => {
    const { outcome, item: after } = await apply(rowChange({ n: 1 }), 'eager', waiting);
    expect(outcome).toBe('stale');
    expect(after).toEqual(waiting);
  });

  it('sets no truth from a row that cannot be stored', async () => {
    const { item: after } = await apply(rowChange({ n: 2, kind: 'unstorable' }), 'eager', waiting);
    expect(truthOf(after as Item)).toEqual({ exists: 'unknown' });
  });
});

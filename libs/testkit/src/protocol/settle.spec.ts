import {
  type Attributes,
  type Item,
  ItemState,
  Meta,
  type PendingChange,
  type SettleSignal,
  type Truth,
  carryOut,
  columnsOf,
  decideSettle,
  encodeOutcomes,
  encodeTruth,
  outcomesOf,
  pendingOf,
  scalarOf,
  stateOf,
  text,
  truthOf,
  versionOf,
} from '@hybridge/protocol';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { KEY, item, pending, settleSignal, testContext, versionAt } from '../records.ts';

const leiden: Attributes = { city: text('Leiden'), name: text('Ada') };
const utrecht: Attributes = { city: text('Utrecht'), name: text('Ada') };
const known: Truth = { exists: true, columns: leiden };

const waiting = (changes: readonly PendingChange[], truth: Truth = known, state: ItemState = ItemState.live): Item =>
  item({
    state,
    columns: state === ItemState.live ? utrecht : {},
    pending: changes,
    meta: { [Meta.truth]: encodeTruth(truth), [Meta.pendingSince]: text('2023-11-14T22:13:20.000Z') },
  });

async function settle(signal: SettleSignal, before?: Item) {
  const store = createMemoryItemStore(before === undefined ? [] : [before]);
  const context = testContext({ limits: { maxOutcomes: 2 } });
  const { outcome } = await carryOut(store, KEY, (seen) => decideSettle(signal, context, seen));
  return { outcome, item: store.peek(KEY) as Item };
}

const rejection = settleSignal({ outcome: { id: 'change-1', out: 'R', code: 'CONFLICT', message: 'moved', at: 5 } });

function expectClean(after: Item): void {
  for (const name of [Meta.pending, Meta.pendingSince, Meta.truth]) expect(after).not.toHaveProperty(name);
}

describe('the answer to the last pending change', () => {
  it('lets the image of an applied change stand as truth', async () => {
    const { outcome, item: after } = await settle(
      settleSignal({ image: { exists: true, columns: utrecht } }),
      waiting([pending()]),
    );
    expect(outcome).toBe('settled');
    expect(stateOf(after)).toBe(ItemState.live);
    expect(columnsOf(after)).toEqual(utrecht);
    expect(versionOf(after)).toBe(versionAt(2));
    expect(outcomesOf(after)).toEqual([{ id: 'change-1', out: 'A', at: 1_700_000_000_100 }]);
    expectClean(after);
  });

  it('keeps a truth that is newer than the image', async () => {
    const before = { ...waiting([pending()]), [Meta.version]: text(versionAt(3)) };
    const { item: after } = await settle(settleSignal({ image: { exists: true, columns: utrecht } }), before);
    expect(columnsOf(after)).toEqual(leiden);
    expect(versionOf(after)).toBe(versionAt(3));
  });

  it('undoes a rejected change and keeps its reason', async () => {
    const { item: after } = await settle(rejection, waiting([pending()]));
    expect(columnsOf(after)).toEqual(leiden);
    expect(versionOf(after)).toBe(versionAt(1));
    expect(outcomesOf(after)).toEqual([{ id: 'change-1', out: 'R', code: 'CONFLICT', message: 'moved', at: 5 }]);
    expectClean(after);
  });

  describe('of a deletion that found no row', () => {
    const hidden = waiting([pending({ op: 'd', set: {} })], known, ItemState.hidden);

    it('leaves a fence, so that the row does not come back before its end is told', async () => {
      const { outcome, item: after } = await settle(settleSignal({ image: undefined }), hidden);
      expect(outcome).toBe('fenced');
      expect(stateOf(after)).toBe(ItemState.fence);
      expect(versionOf(after)).toBe(versionAt(1)); // of SQL nothing newer is proven
      expectClean(after);
    });

    it('leaves what SQL is known to have said since', async () => {
      const { item: newer } = await settle(settleSignal({ image: undefined }), {
        ...hidden,
        [Meta.version]: text(versionAt(3)),
      });
      expect(columnsOf(newer)).toEqual(leiden);
      const gone = { ...hidden, [Meta.truth]: encodeTruth({ exists: false }) };
      expect(stateOf((await settle(settleSignal({ image: undefined }), gone)).item)).toBe(ItemState.tombstone);
    });

    it('shows the row again where it was refused', async () => {
      expect(columnsOf((await settle(rejection, hidden)).item)).toEqual(leiden);
    });

    it('does not show it to what was laid over it either', async () => {
      const again = pending({ id: 'change-2', n: 2, op: 'i', set: utrecht });
      const first = pending({ op: 'd', set: {} });
      const { item: after } = await settle(settleSignal({ image: undefined }), waiting([first, again]));
      expect(truthOf(after)).toEqual({ exists: 'unknown' });
      expect(columnsOf(after)).toEqual(utrecht);
    });
  });

  it('leaves a tombstone when the row is gone', async () => {
    const hidden = waiting([pending({ op: 'd', set: {} })], known, ItemState.hidden);
    const { item: after } = await settle(settleSignal({ image: { exists: false } }), hidden);
    expect(stateOf(after)).toBe(ItemState.tombstone);
    expect(after).toHaveProperty(Meta.expiry);
    expectClean(after);
  });

  it('shows a row again whose delete was refused', async () => {
    const hidden = waiting([pending({ op: 'd', set: {} })], known, ItemState.hidden);
    const { item: after } = await settle(rejection, hidden);
    expect(stateOf(after)).toBe(ItemState.live);
    expect(columnsOf(after)).toEqual(leiden);
  });

  it('leaves a fence, not a tombstone, when nothing is known of the row', async () => {
    const { item: after } = await settle(
      rejection,
      waiting([pending({ op: 'i', set: utrecht })], { exists: 'unknown' }),
    );
    expect(stateOf(after)).toBe(ItemState.fence);
    expect(columnsOf(after)).toEqual({});
    expect(after).toHaveProperty(Meta.expiry);
    expectClean(after);
  });
});

describe('the answer to one of several pending changes', () => {
  const second = pending({ id: 'change-2', n: 2, set: { name: text('Bo') }, at: 1_700_000_060_000 });

  it('takes only its own change away', async () => {
    const { item: after } = await settle(rejection, waiting([pending(), second]));
    expect(pendingOf(after)).toEqual([second]);
    expect(columnsOf(after)).toEqual({ city: text('Leiden'), name: text('Bo') });
    expect(scalarOf(after[Meta.pendingSince])).toBe('2023-11-14T22:14:20.000Z');
    expect(truthOf(after)).toEqual(known);
  });

  it('keeps the item hidden while a delete still waits', async () => {
    const deletion = pending({ id: 'change-2', n: 2, op: 'd', set: {} });
    const { item: after } = await settle(
      settleSignal({ image: { exists: true, columns: utrecht } }),
      waiting([pending(), deletion], known, ItemState.hidden),
    );
    expect(stateOf(after)).toBe(ItemState.hidden);
    expect(truthOf(after)).toEqual({ exists: true, columns: utrecht });
    expect(columnsOf(after)).toEqual({});
  });

  it('shows the row again once only an update waits', async () => {
    const deletion = pending({ op: 'd', set: {} });
    const { item: after } = await settle(rejection, waiting([deletion, second], known, ItemState.hidden));
    expect(stateOf(after)).toBe(ItemState.live);
    expect(columnsOf(after)).toEqual({ city: text('Leiden'), name: text('Bo') });
  });
});

describe('an answer nobody waits for', () => {
  it.each([
    ['nothing', undefined],
    ['a settled item', item()],
    ['another change', waiting([pending({ id: 'other' })])],
  ])('changes nothing on %s', async (_, before) => {
    const { outcome, item: after } = await settle(settleSignal({ image: { exists: true, columns: utrecht } }), before);
    expect(outcome).toBe('unknown');
    expect(after).toEqual(before);
  });
});

it('remembers only the newest outcomes', async () => {
  const old = encodeOutcomes([1, 2].map((n) => ({ id: `old-${n}`, out: 'A' as const, at: n })));
  const { item: after } = await settle(rejection, { ...waiting([pending()]), [Meta.outcomes]: old });
  expect(outcomesOf(after).map(({ id }) => id)).toEqual(['old-2', 'change-1']);
});

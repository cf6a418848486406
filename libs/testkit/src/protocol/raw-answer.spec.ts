import {
  type Item,
  ItemState,
  Meta,
  type SettleSignal,
  type Truth,
  type ViewMode,
  carryOut,
  columnsOf,
  decideRawAnswer,
  encodeTruth,
  isRawChange,
  rawChangeId,
  stateOf,
  text,
  transactionOf,
  versionOf,
} from '@hybridge/protocol';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { KEY, item, pending, settleSignal, testContext, versionAt } from '../records.ts';

const sql = { city: text('Delft'), name: text('Ada') };
const image: Truth = { exists: true, columns: sql };
const byHand = { city: text('by hand'), name: text('Ada') };
const keys: Item = { pk: text(KEY.pk), sk: text(KEY.sk) };
const known: Truth = { exists: true, columns: { city: text('Leiden'), name: text('Ada') } };
const waiting = item({ columns: byHand, pending: [pending()], meta: { [Meta.truth]: encodeTruth(known) } });

async function answer(before: Item | undefined, signal: Partial<SettleSignal> = {}, mode: ViewMode = 'eager') {
  const store = createMemoryItemStore(before === undefined ? [] : [before]);
  const whole = settleSignal({ id: 'raw:1@2', n: 5, ...signal });
  const { outcome } = await carryOut(store, KEY, (seen) => decideRawAnswer(whole, mode, testContext(), seen));
  return { outcome, after: store.peek(KEY) as Item, writes: store.writes.map(({ write }) => write.expression) };
}

it('knows its changes by their id', () => {
  expect(isRawChange(rawChangeId({ sequence: '1', at: 2 }))).toBe(true);
  expect(isRawChange('01K8ZP5V3Q8S4T6W9XACDEFGHJ')).toBe(false);
});

describe('the answer to a write behind the protocol', () => {
  it.each<[string, Item | undefined]>([
    ['a live item', item({ columns: byHand })],
    ['no item', undefined],
    ['an item without metadata', { ...keys, ...byHand, typo: text('x') }],
    ['an item without a nonce', item({ columns: byHand, meta: { [Meta.nonce]: text('') } })],
    ['an item of no known state', item({ columns: byHand, meta: { [Meta.state]: text('Z') } })],
    ['a tombstone with columns', { ...item({ state: ItemState.tombstone }), ...byHand }],
    ['a quarantined item', item({ state: ItemState.quarantined, columns: byHand })],
  ])('that proves nothing makes a fence at its own place in the log of %s', async (_, before) => {
    const { outcome, after } = await answer(before);
    expect(outcome).toBe('fenced');
    expect(stateOf(after)).toBe(ItemState.fence);
    expect(columnsOf(after)).toEqual({});
    expect([versionOf(after), transactionOf(after)]).toEqual([versionAt(5), '705']);
  });

  it('lets the row it carries stand', async () => {
    const { outcome, after } = await answer(item({ columns: byHand }), { image });
    expect([outcome, columnsOf(after), versionOf(after)]).toEqual(['applied', sql, versionAt(5)]);
    const gone = await answer(undefined, { image: { exists: false } });
    expect([gone.outcome, stateOf(gone.after)]).toEqual(['applied', ItemState.tombstone]);
  });

  it('leaves nothing behind that no definition knows', async () => {
    const { outcome, after } = await answer(item({ columns: { ...byHand, typo: text('x') } }), { image });
    expect([outcome, columnsOf(after)]).toEqual(['fenced', {}]);
  });

  it('makes no item where a lazy view has none', async () => {
    expect((await answer(undefined, { image }, 'lazy')).outcome).toBe('fenced');
  });

  it('goes below pending changes when it carries the row, and leaves them alone when not', async () => {
    expect((await answer(waiting, { image })).outcome).toBe('rebased');
    expect(await answer(waiting)).toMatchObject({ outcome: 'stale', after: waiting, writes: [] });
  });

  it('has an item repaired that is newer: an update may have left out what was written by hand', async () => {
    const newer = item({ columns: byHand, n: 9 });
    const { outcome, after } = await answer(newer, { image });
    expect([outcome, stateOf(after), versionOf(after)]).toEqual(['fenced', ItemState.fence, versionAt(9)]);
  });

  it('does nothing the second time, but for a fence that was left without its fill', async () => {
    expect(await answer(item({ columns: sql, n: 5 }), { image })).toMatchObject({ outcome: 'stale', writes: [] });
    expect(await answer(item({ state: ItemState.fence, n: 5 }))).toMatchObject({ outcome: 'fenced', writes: [] });
  });

  it('comes to an end over a newer version that no condition would take', async () => {
    const { [Meta.nonce]: _, ...nameless } = item({ columns: byHand, n: 9 });
    const hidden = item({ state: ItemState.hidden, n: 9 });
    for (const before of [nameless, hidden]) expect((await answer(before)).outcome).toBe('stale');
  });
});

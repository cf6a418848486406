import {
  type Item,
  type PendingChange,
  type Truth,
  columnsOf,
  decodeTruth,
  encodeOutcomes,
  encodePendingList,
  encodeTruth,
  formatKey,
  isOwnColumn,
  keyOf,
  outcomesOf,
  pendingOf,
  truthOf,
  versionOf,
} from './item.ts';
import { render } from './decide/render.ts';

const change = (overrides: Partial<PendingChange>): PendingChange => ({
  id: 'c1',
  n: 1,
  op: 'u',
  set: {},
  base: {},
  baseVersion: 'v',
  at: 1_700_000_000_000,
  by: 'customer:42',
  ...overrides,
});
const leiden = { city: { S: 'Leiden' }, note: { NULL: true } } as const;

describe('what an item carries reads back', () => {
  it('pending changes', () => {
    const pending = [change({ set: leiden }), change({ id: 'c2', n: 2, op: 'd', base: leiden })];
    expect(pendingOf({ _p: encodePendingList(pending) })).toEqual(pending);
    expect(pendingOf({})).toEqual([]);
  });

  it('outcomes, with and without reason', () => {
    const outcomes = [
      { id: 'c1', out: 'A' as const, at: 1 },
      { id: 'c2', out: 'R' as const, code: 'CHECK', message: 'no', at: 2 },
    ];
    expect(outcomesOf({ _r: encodeOutcomes(outcomes) })).toEqual(outcomes);
  });

  it.each<Truth>([
    { exists: true, columns: leiden },
    { exists: true, columns: {} },
    { exists: false },
    { exists: 'unknown' },
  ])('truth %j', (truth) => {
    expect(decodeTruth(encodeTruth(truth))).toEqual(truth);
  });
});

it('an item’s truth is set aside under pending changes, and visible otherwise', () => {
  const live: Item = { pk: { S: 'p' }, sk: { S: 's' }, _st: { S: 'L' }, ...leiden };
  expect(truthOf(live)).toEqual({ exists: true, columns: leiden });
  expect(truthOf({ ...live, _t: encodeTruth({ exists: false }) })).toEqual({ exists: false });
  expect(truthOf({ _st: { S: 'T' } })).toEqual({ exists: false });
  for (const state of ['F', 'D', 'Q']) expect(truthOf({ _st: { S: state } })).toEqual({ exists: 'unknown' });
});

it('keys and metadata are no columns', () => {
  expect(columnsOf({ pk: { S: 'p' }, sk: { S: 's' }, _v: { S: 'x' }, city: { S: 'Leiden' } })).toEqual({
    city: { S: 'Leiden' },
  });
  expect(['pk', 'sk', '_x', 'city'].map(isOwnColumn)).toEqual([false, false, false, true]);
  expect(formatKey(keyOf({ pk: { S: 'p' }, sk: { S: 's' } }))).toBe('p|s');
  expect(() => keyOf({ pk: { S: 'p' } })).toThrow(
    expect.objectContaining({ code: 'HYBRIDGE_PROTOCOL_ITEM_MALFORMED' }),
  );
  expect(() => versionOf({ _v: { S: 'x' } })).toThrow(
    expect.objectContaining({ code: 'HYBRIDGE_PROTOCOL_VERSION_MALFORMED' }),
  );
});

describe('render', () => {
  const known: Truth = { exists: true, columns: leiden };
  const row = { city: { S: 'Goes' }, note: { S: 'new' } };

  it.each<[string, Truth, readonly PendingChange[], object | undefined]>([
    ['the truth alone', known, [], leiden],
    ['nothing where there is nothing', { exists: false }, [], undefined],
    ['nothing where nothing is known', { exists: 'unknown' }, [], undefined],
    [
      'updates in order',
      known,
      [change({ set: { city: { S: 'A' } } }), change({ set: { city: { S: 'B' } } })],
      { ...leiden, city: { S: 'B' } },
    ],
    ['an update of nothing as nothing', { exists: false }, [change({ set: { city: { S: 'A' } } })], undefined],
    ['a deletion', known, [change({ op: 'd' })], undefined],
    ['an insert', { exists: 'unknown' }, [change({ op: 'i', set: row })], row],
    [
      'an insert after a deletion, then updated',
      known,
      [change({ op: 'd' }), change({ op: 'i', set: row }), change({ set: { note: { S: 'x' } } })],
      { ...row, note: { S: 'x' } },
    ],
  ])('shows %s', (_, truth, pending, expected) => {
    expect(render(truth, pending)).toEqual(expected);
  });
});

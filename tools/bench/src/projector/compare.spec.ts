import { type Item, text } from '@hybridge/protocol';
import { type Verdict, judge } from './compare.ts';
import type { ExpectedRow } from './expected-state.ts';
import { orderColumns } from './order-row.ts';

const content = { content: true };
const expected: ExpectedRow = { exists: true, change: 5, padding: 0 };
const deleted: ExpectedRow = { exists: false, change: 6, padding: 0 };

const item = (change: number, overrides: Item = {}): Item => ({
  pk: text('o1#ORDER#3000000004'),
  sk: text('ORDER'),
  ...orderColumns({ row: 4, change, padding: 0 }),
  _st: text('L'),
  _v: text('any'),
  ...overrides,
});

const tombstone: Item = { pk: text('o1#ORDER#3000000004'), sk: text('ORDER'), _st: text('T') };

describe('judge', () => {
  it.each<readonly [Verdict, string, ExpectedRow | undefined, Item | undefined]>([
    ['matched', 'holds the last change', expected, item(5)],
    ['stale', 'holds an older change', expected, item(4)],
    ['stale', 'says deleted, and the row was made again', expected, tombstone],
    ['lost', 'is missing', expected, undefined],
    ['matched', 'is a tombstone of a deleted row', deleted, tombstone],
    ['matched', 'is not there, like its row', deleted, undefined],
    ['resurrected', 'shows a row that was deleted', deleted, item(5)],
    ['differing', 'belongs to no row', undefined, item(5)],
    ['differing', 'holds a change nobody made', expected, item(6)],
    ['differing', 'has another column value', expected, item(5, { status: text('lost') })],
  ])('finds %s when the item %s', (verdict, _, row, found) => {
    expect(judge(4, row, found, content)).toBe(verdict);
  });

  it('looks only at the change counter of a peer, whose types differ', () => {
    expect(judge(4, expected, item(5, { total: text('14.95') }), { content: false })).toBe('matched');
    expect(judge(4, expected, item(4, { total: text('14.95') }), { content: false })).toBe('stale');
  });
});

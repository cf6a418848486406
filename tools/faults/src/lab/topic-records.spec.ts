import { type TopicRecord, countRepeats } from './topic-records.ts';

const record = (
  key: string,
  lsn: number,
  { partition = 0, sequence = `["1","${lsn}"]`, op = 'u' } = {},
): TopicRecord => ({
  topic: 'shop.public.products',
  partition,
  message: {
    key: Buffer.from(key),
    value: Buffer.from(JSON.stringify({ op, source: { lsn, txId: 7, sequence } })),
    timestamp: '0',
    attributes: 0,
    headers: {},
    offset: '0',
  },
});
const tombstone: TopicRecord = { ...record('a', 1), message: { ...record('a', 1).message, value: null } };

describe('countRepeats', () => {
  it('counts the same change of the same row, once for each time it comes again', () => {
    expect(countRepeats([record('a', 1), record('b', 1), record('a', 2), tombstone, tombstone])).toEqual({
      repeated: 0,
      moved: 0,
    });
    expect(countRepeats([record('a', 1), record('a', 2), record('a', 1), record('a', 2), record('a', 2)])).toEqual({
      repeated: 3,
      moved: 0,
    });
  });

  it('tells which of them changed their place in commit order', () => {
    expect(countRepeats([record('a', 1), record('a', 1, { sequence: '["0","1"]' })])).toEqual({
      repeated: 1,
      moved: 1,
    });
  });

  it('takes the row of a snapshot and its change for two', () => {
    expect(countRepeats([record('a', 1, { op: 'r' }), record('a', 1)]).repeated).toBe(0);
  });
});

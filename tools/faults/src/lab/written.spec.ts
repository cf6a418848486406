import type { SqlAnswer, SqlWrite } from './sql-ledger.ts';
import { type WantedValue, judgeWritten } from './written.ts';

const wanted: WantedValue = { changeId: 'c1', rowKey: '7', column: 'city', value: 'Goes' };
const answer: SqlAnswer = { changeId: 'c1', outcome: 'A', transaction: '100', seq: 50, at: 0 };
const write = (seq: number, transaction: string, from: string, to: string): SqlWrite => ({
  ...{ seq, transaction, app: 'hybridge-writeback', rowKey: '7', field: 'city' },
  ...{ old: from, new: to },
});

const judge = (writes: readonly SqlWrite[], now: string | undefined, outcome: 'A' | 'R' = 'A') =>
  judgeWritten([wanted], { answers: [{ ...answer, outcome }], writes, now: () => now });

describe('what SQL says it has applied', () => {
  it('is there when the transaction of the answer wrote it, whatever came later', () => {
    expect(judge([write(49, '100', 'Gent', 'Goes'), write(60, '101', 'Goes', 'Delft')], 'Delft')).toEqual([]);
  });

  it.each<[string, readonly SqlWrite[], string]>([
    ['nobody wrote since', [], 'Goes'],
    ['somebody had written it before', [write(40, '99', 'Gent', 'Goes'), write(60, '101', 'Goes', 'Delft')], 'Delft'],
    ['it was there until somebody replaced it', [write(60, '101', 'Goes', 'Delft')], 'Delft'],
  ])('is there when it was there already: %s', (_, writes, now) => {
    expect(judge(writes, now)).toEqual([]);
  });

  it.each<[string, readonly SqlWrite[], string]>([
    ['nobody wrote it', [], 'Gent'],
    ['its transaction wrote something else', [write(49, '100', 'Gent', 'Ghent')], 'Ghent'],
    ['somebody else wrote it, after the answer', [write(60, '101', 'Gent', 'Goes')], 'Goes'],
    ['it had been replaced before the answer', [write(30, '98', 'Goes', 'Gent')], 'Gent'],
    ['another row got it', [{ ...write(49, '100', 'Gent', 'Goes'), rowKey: '8' }], 'Gent'],
    ['another column got it', [{ ...write(49, '100', 'Gent', 'Goes'), field: 'street' }], 'Gent'],
  ])('is missing when %s', (_, writes, now) => {
    expect(judge(writes, now)).toEqual([expect.stringMatching(/c1 was applied, but SQL did not write "Goes" to city/)]);
  });

  it('is not looked for where SQL has rejected, or the row is gone', () => {
    expect(judge([], 'Gent', 'R')).toEqual([]);
    expect(judge([], undefined)).toEqual([]);
  });
});

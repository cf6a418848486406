import { recordsLeft } from './offsets.ts';
import { createProgress } from './progress.ts';

const extents = (...of: (readonly [number, number])[]) =>
  new Map([['t', new Map(of.map(([from, to], partition) => [partition, { from: BigInt(from), to: BigInt(to) }]))]]);
const committed = (...offsets: number[]) =>
  new Map([['t', new Map(offsets.map((offset, partition) => [partition, BigInt(offset)]))]]);

describe('records left', () => {
  it.each([
    ['nothing is committed', extents([0, 10], [0, 5]), new Map(), 15],
    ['-1 is', extents([0, 10]), committed(-1), 10],
    ['some is', extents([0, 10], [0, 5]), committed(4, 5), 6],
    ['more is than was there', extents([0, 10]), committed(12), 0],
    ['records ended by retention', extents([10, 10], [7, 9]), committed(-1, 3), 2],
  ])('when %s', (_, lies, done, left) => expect(recordsLeft(lies, done)).toBe(left));
});

describe('the end of a load', () => {
  it('is at once for empty topics', () => {
    expect(createProgress()({ ofBeginning: 0, now: 0 }, 0)).toBe('over');
  });

  it('is when what lay there is done and little came', () => {
    const decide = createProgress();
    expect(decide({ ofBeginning: 500, now: 700 }, 0)).toBe('go on');
    expect(decide({ ofBeginning: 0, now: 999 }, 1)).toBe('over');
  });

  it('is at the second look when much came', () => {
    const decide = createProgress();
    expect(decide({ ofBeginning: 0, now: 1_000 }, 0)).toBe('look anew');
    expect(decide({ ofBeginning: 1_000, now: 5_000 }, 1)).toBe('go on');
    expect(decide({ ofBeginning: 0, now: 5_000 }, 2)).toBe('over');
  });

  it('does not wait for offsets that hold no record', () => {
    const decide = createProgress();
    expect(decide({ ofBeginning: 6, now: 6 }, 1_000)).toBe('go on');
    expect(decide({ ofBeginning: 6, now: 6 }, 10_999)).toBe('go on');
    expect(decide({ ofBeginning: 6, now: 6 }, 11_000)).toBe('over');
  });

  it('is not while many records stand still', () => {
    const decide = createProgress();
    decide({ ofBeginning: 2_000, now: 2_000 }, 0);
    expect(decide({ ofBeginning: 2_000, now: 2_000 }, 60_000)).toBe('go on');
  });
});

import { type RoundFigures, figuresOf, median, percentile, ratiosOf } from './statistics.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => count - i);

describe('percentile', () => {
  it('is the value of the nearest rank, whatever the order', () => {
    expect(percentile(upTo(100), 0.5)).toBe(50);
    expect(percentile(upTo(100), 0.99)).toBe(99);
    expect(percentile(upTo(1_000), 0.99)).toBe(990);
  });

  it('is a value that occurred, however few there are', () => {
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([9, 10], 0.5)).toBe(9);
    expect(percentile([10, 9], 0.99)).toBe(10);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('median', () => {
  it('is the middle value or the mean of the two in the middle', () => {
    expect(median([10, 1, 9])).toBe(9);
    expect(median([10, 1, 9, 3])).toBe(6);
    expect(median([])).toBeNaN();
  });
});

describe('figures of a round', () => {
  it('hold latencies and the rate', () => {
    expect(figuresOf(upTo(200), 4, ['wrong'])).toEqual({
      calls: 200,
      p50Ms: 100,
      p99Ms: 198,
      perSecond: 50,
      faults: ['wrong'],
    });
  });
});

describe('ratios', () => {
  const round = (p50Ms: number, p99Ms: number): RoundFigures => ({
    calls: 1,
    p50Ms,
    p99Ms,
    perSecond: 1,
    faults: [],
  });

  it('compare each round with the one beside it, so that a slow spell of the machine does not count', () => {
    const ours = [round(1.1, 2.2), round(11, 44), round(1.1, 2.2)];
    const other = [round(1, 2), round(10, 20), round(1, 2)];
    expect(ratiosOf(ours, other).p50).toBeCloseTo(1.1);
    expect(ratiosOf(ours, other).p99).toBeCloseTo(1.1);
  });
});

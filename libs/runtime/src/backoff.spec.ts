import type { IBackoff } from 'cockatiel';
import { createBackoff } from './backoff.ts';

/** The first pauses of a failing task, milliseconds. */
function pauses(count: number, options?: Parameters<typeof createBackoff>[0]): number[] {
  let backoff: IBackoff<unknown> = createBackoff(options).next(undefined);
  return Array.from({ length: count }, () => {
    const { duration } = backoff;
    backoff = backoff.next(undefined);
    return duration;
  });
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

describe('the pauses between attempts', () => {
  it('grow, and never above the longest', () => {
    const runs = Array.from({ length: 200 }, () => pauses(12));
    const meanOf = (attempt: number): number => mean(runs.map((run) => run[attempt] as number));
    expect(meanOf(0)).toBeLessThan(150);
    expect(meanOf(4)).toBeGreaterThan(4 * meanOf(0));
    expect(meanOf(11)).toBeGreaterThan(3 * meanOf(4));
    expect(Math.max(...runs.flat())).toBeLessThanOrEqual(10_000);
  });

  it('differ from task to task, so that those who failed together do not come again together', () => {
    expect(new Set(Array.from({ length: 20 }, () => pauses(3)[2])).size).toBeGreaterThan(15);
  });

  it('keep to the bounds given', () => {
    const all = Array.from({ length: 50 }, () => pauses(10, { initialDelayMs: 1, maxDelayMs: 7 })).flat();
    expect(Math.max(...all)).toBeLessThanOrEqual(7);
  });
});

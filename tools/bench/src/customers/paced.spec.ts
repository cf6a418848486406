import { pacedContender } from './paced.ts';

describe('pacedContender', () => {
  it('begins at its rate, whatever the changes before have come to, and measures to where they show', async () => {
    const begun: number[] = [];
    const contender = pacedContender('ours', true, 100, {
      change: async () => void begun.push(performance.now()),
      ended: () => new Promise((resolve) => setTimeout(() => resolve(performance.now()), 60)),
      faults: async () => [],
    });
    const { calls, p50Ms, faults } = await contender.run({ first: 0, calls: 5, concurrency: 1 });
    expect(calls).toBe(5);
    expect((begun[4] ?? 0) - (begun[0] ?? 0)).toBeGreaterThanOrEqual(35);
    expect(p50Ms).toBeGreaterThanOrEqual(55);
    expect(faults).toEqual([]);
  });

  it('names changes that never show, and what is wrong afterwards', async () => {
    const contender = pacedContender('ours', true, 1_000, {
      change: async (n) => {
        if (n === 9) throw new Error('refused');
      },
      ended: async (n) => (n === 8 ? undefined : performance.now()),
      faults: async ({ first, calls }) => [`${first} to ${first + calls}`],
    });
    const { faults } = await contender.run({ first: 7, calls: 3, concurrency: 1 });
    expect(faults.toSorted()).toEqual(['7 to 10', 'change 8 did not show in time', 'change 9: refused']);
  });
});

import { createRandom } from '@hybridge/load';
import { type FaultPlan, chooseFault, nameOf } from './choose-fault.ts';

const plan: FaultPlan = { failPercent: 10, partialPercent: 50, maxLatencyMs: 0 };

function countsOf(operation: string, { seed = 1, elapsedMs = 0, of = plan } = {}): Map<string, number> {
  const random = createRandom(seed);
  const counts = new Map<string, number>();
  for (let i = 0; i < 10_000; i++) {
    const name = nameOf(chooseFault(of, operation, random, elapsedMs));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

describe('chooseFault', () => {
  it('fails as many calls as asked for, in every way', () => {
    const counts = countsOf('UpdateItem');
    expect([...counts.keys()].toSorted()).toEqual([
      'InternalServerError',
      'ProvisionedThroughputExceededException',
      'ThrottlingException',
      'answer-lost',
      'never-sent',
      'none',
    ]);
    expect((10_000 - (counts.get('none') ?? 0)) / 10_000).toBeCloseTo(0.1, 1);
  });

  it('gives the same faults for the same seed, others for another', () => {
    expect(countsOf('UpdateItem')).toEqual(countsOf('UpdateItem'));
    expect(countsOf('UpdateItem')).not.toEqual(countsOf('UpdateItem', { seed: 2 }));
  });

  it('carries out only batches in part', () => {
    expect(countsOf('BatchGetItem').get('partial')).toBeGreaterThan(4_000);
    expect(countsOf('GetItem').has('partial')).toBe(false);
  });

  it('fails every call during an outage, which ends each period', () => {
    const of = { ...plan, outages: { everyMs: 1_000, lastMs: 300 } };
    expect(countsOf('GetItem', { of, elapsedMs: 1_699 }).get('none')).toBeGreaterThan(8_000);
    expect(countsOf('GetItem', { of, elapsedMs: 1_700 }).has('none')).toBe(false);
    expect(countsOf('GetItem', { of, elapsedMs: 2_000 }).has('none')).toBe(true);
  });
});

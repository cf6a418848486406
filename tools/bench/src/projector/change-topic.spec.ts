import { PARTITIONS, headsOf, partitionOf, sends } from './change-topic.ts';
import { createWorkload } from './workload.ts';

describe('change topic', () => {
  it('starts each partition with its first operation', () => {
    const { operations } = createWorkload('hot', 0.1);
    const heads = headsOf(operations);
    expect(heads).toHaveLength(PARTITIONS);
    for (const head of heads) {
      expect(operations.find((one) => partitionOf(one) === partitionOf(head))).toBe(head);
    }
  });

  it('sends every record in order, never more than a broker takes at once', () => {
    const { operations } = createWorkload('mixed', 0.05);
    const sent = [...sends(operations)];
    const bytes = sent.map((messages) => messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0));
    expect(Math.max(...bytes)).toBeLessThan(1_000_000);
    const lsns = sent.flat().flatMap(({ value }) => (value == null ? [] : [JSON.parse(String(value)).source.lsn]));
    expect(lsns).toHaveLength(operations.length);
    expect(lsns).toEqual(lsns.toSorted((a, b) => a - b));
    expect(sent.flat()).toHaveLength(operations.length + operations.filter(({ op }) => op === 'd').length);
  });
});

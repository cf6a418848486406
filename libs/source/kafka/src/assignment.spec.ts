import { type Assignment, createAssignment } from './assignment.ts';
import type { PartitionProgress } from './partition-progress.ts';
import { recordsAt } from './testing.features.ts';

function joined(...partitions: readonly number[]): Assignment {
  const assignment = createAssignment();
  assignment.joined('me', { t: partitions });
  return assignment;
}

const numbers = (all: readonly PartitionProgress[]): number[] => all.map(({ partition }) => partition);

describe('the partitions of a consumer', () => {
  it('are none before it joined the group', () => {
    expect(createAssignment().of('t', 0)).toBeUndefined();
  });

  it('are those the group tells', () => {
    const assignment = joined(0, 2);
    expect([assignment.of('t', 0)?.partition, assignment.of('t', 1), assignment.of('u', 0)]).toEqual([
      0,
      undefined,
      undefined,
    ]);
    expect(assignment.of('t', 0)).toBe(assignment.of('t', 0));
    expect(numbers(assignment.all())).toEqual([0]);
  });

  it('keep their progress through a rebalance, if they stay', () => {
    const assignment = joined(0, 1);
    const [kept, lost] = [assignment.of('t', 0), assignment.of('t', 1)];
    kept?.handOut(recordsAt(7), 8n);
    expect(assignment.joined('me', { t: [0, 2] })).toEqual([lost]);
    expect([kept?.isAbandoned, lost?.isAbandoned]).toEqual([false, true]);
    expect(assignment.of('t', 0)).toBe(kept);
    expect(kept?.fresh(recordsAt(7, 8))).toHaveLength(1);
    expect(assignment.of('t', 1)).toBeUndefined();
    expect(numbers(assignment.all())).toEqual([0]);
  });

  it('begin anew when they come back', () => {
    const assignment = joined(0);
    const before = assignment.of('t', 0);
    before?.handOut(recordsAt(7), 8n);
    assignment.joined('me', {});
    assignment.joined('me', { t: [0] });
    const after = assignment.of('t', 0);
    expect(after).not.toBe(before);
    expect(after?.fresh(recordsAt(7))).toHaveLength(1);
  });

  it('begin anew under a new member id: meanwhile others may have had them', () => {
    const assignment = joined(0, 1);
    const before = [assignment.of('t', 0), assignment.of('t', 1)];
    expect(assignment.joined('me again', { t: [0, 1] })).toEqual(before);
    expect(before.map((each) => each?.isAbandoned)).toEqual([true, true]);
    expect(assignment.of('t', 0)).not.toBe(before[0]);
    expect(assignment.joined('me again', { t: [0, 1] })).toEqual([]);
  });

  it('tell why one of them had halted when it goes', () => {
    const assignment = joined(0);
    assignment.of('t', 0)?.halt({ offset: 3n, cause: 'unreadable' });
    expect(assignment.joined('me', { t: [0] })).toEqual([]);
    expect(assignment.of('t', 0)?.halted?.offset).toBe(3n);
    expect(assignment.joined('me', {})[0]?.halted?.offset).toBe(3n);
  });
});

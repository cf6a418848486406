import { silentLogger } from '@hybridge/observability';
import type { TopicPartitionOffsetAndMetadata } from 'kafkajs';
import { createAssignment } from './assignment.ts';
import { createCommits } from './commits.ts';
import { recordsAt } from './testing.features.ts';

function setUp() {
  const calls: string[][] = [];
  const faults: Error[] = [];
  const lags: [string, number, number][] = [];
  const assignment = createAssignment();
  assignment.joined('me', { t: [0, 1] });
  const commitOffsets = async (offsets: TopicPartitionOffsetAndMetadata[]): Promise<void> => {
    calls.push(offsets.map(({ topic, partition, offset }) => `${topic}[${partition}] ${offset}`));
    const fault = faults.shift();
    if (fault !== undefined) throw fault;
  };
  const commits = createCommits(
    { consumer: { commitOffsets }, assignment, logger: silentLogger() },
    { commitIntervalMs: 100, onLag: (...lag) => void lags.push(lag) },
  );
  /** Takes records 0 … 4 of a partition over. */
  const take = (partition: number) => assignment.of('t', partition)?.handOut(recordsAt(0, 1, 2, 3, 4), 9n).done;
  return { commits, assignment, calls, faults, lags, take };
}

const tick = (): Promise<void> => jest.advanceTimersByTimeAsync(100);

describe('commits', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('follow what is done, all partitions in one call, and say nothing twice', async () => {
    const { take, calls } = setUp();
    await tick();
    expect(calls).toEqual([]);
    const [first, second] = [take(0), take(1)];
    first?.(0);
    second?.(0);
    second?.(1);
    await tick();
    await tick();
    expect(calls).toEqual([['t[0] 1', 't[1] 2']]);
    first?.(1);
    await tick();
    expect(calls).toEqual([['t[0] 1', 't[1] 2'], ['t[0] 2']]);
  });

  it('do not pass what is not done', async () => {
    const { take, calls, commits } = setUp();
    const done = take(0);
    [1, 2, 3, 4].forEach((index) => done?.(index));
    await commits.commit();
    expect(calls).toEqual([['t[0] 0']]);
  });

  it('are made up for when one failed', async () => {
    const { take, calls, faults } = setUp();
    take(0)?.(0);
    faults.push(new Error('no coordinator'));
    await tick();
    await tick();
    await tick();
    expect(calls).toEqual([['t[0] 1'], ['t[0] 1']]);
  });

  it('leave out partitions that went away, and begin anew with those that come back', async () => {
    const { take, calls, assignment, commits } = setUp();
    take(0)?.(0);
    await commits.commit();
    assignment.joined('me', { t: [1] });
    await commits.commit();
    assignment.joined('me', { t: [0, 1] });
    take(0)?.(0);
    await commits.commit();
    expect(calls).toEqual([['t[0] 1'], ['t[0] 1']]);
  });

  it('stop with a last one', async () => {
    const { take, calls, commits } = setUp();
    const done = take(0);
    done?.(0);
    await commits.stop();
    done?.(1);
    await tick();
    expect([calls, jest.getTimerCount()]).toEqual([[['t[0] 1']], 0]);
  });

  it('report what is not done yet', async () => {
    const { take, lags, commits } = setUp();
    take(1)?.(0);
    await commits.commit();
    expect(lags).toEqual([['t', 1, 8]]);
  });
});

import fc from 'fast-check';
import { createKeyedQueue } from './keyed-queue.ts';

interface Task {
  readonly key: number;
  readonly numbers: number[];
}

/** One step: a task is added, or one of those that run ends in one of three ways, or time goes by. */
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), key: fc.nat({ max: 3 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('end' as const, 'end' as const, 'fail' as const, 'refuse' as const),
        which: fc.nat(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  ),
  { maxLength: 60 },
);
type Step = (typeof steps extends fc.Arbitrary<infer T> ? T : never)[number];

async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

/** Carries the steps out and then everything to its end. */
async function play(plan: readonly Step[], concurrency: number, merges: boolean) {
  const running: { readonly task: Task; settle(error?: Error): void }[] = [];
  const added: Task[] = [];
  const seen = { ended: [] as number[], most: 0, twoOfAKey: false, mergedIntoRunning: false };
  const queue = createKeyedQueue<Task>({
    concurrency,
    run: (task) =>
      new Promise((resolve, reject) => {
        seen.twoOfAKey ||= running.some((other) => other.task.key === task.key);
        const self = {
          task,
          settle(error?: Error) {
            running.splice(running.indexOf(self), 1);
            if (error === undefined) resolve();
            else reject(error);
          },
        };
        running.push(self);
        seen.most = Math.max(seen.most, running.length);
      }),
    merge: (waiting, next) => {
      seen.mergedIntoRunning ||= running.some(({ task }) => task === waiting);
      if (!merges) return false;
      waiting.numbers.push(...next.numbers);
      return true;
    },
    onEnd: (task) => void seen.ended.push(...task.numbers),
  });
  const carryOut = async (step: Step): Promise<void> => {
    if (step.do === 'add') {
      const task = { key: step.key, numbers: [added.length] };
      added.push({ key: step.key, numbers: [added.length] });
      queue.add(String(step.key), task);
    } else if (step.do === 'wait') jest.advanceTimersByTime(20_000);
    else running[step.which % running.length]?.settle(ERRORS[step.do]());
    await settle();
  };
  for (const step of plan) await carryOut(step);
  while (seen.ended.length < added.length) {
    await carryOut({ do: 'wait' });
    await carryOut({ do: 'end', which: 0 });
  }
  return { added, seen };
}

const ERRORS = {
  end: () => undefined,
  fail: () => Object.assign(new Error('throttled'), { retry: 'transient' }),
  refuse: () => new Error('refused'),
};

describe('a keyed queue, whatever happens', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it.each([true, false])('ends each task once, each key in order, within its bound (merging: %s)', async (merges) => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), async (plan, concurrency) => {
        const { added, seen } = await play(plan, concurrency, merges);
        expect(seen.most).toBeLessThanOrEqual(concurrency);
        expect(seen).toMatchObject({ twoOfAKey: false, mergedIntoRunning: false });
        for (const key of [0, 1, 2, 3]) {
          const ofKey = (number: number): boolean => added[number]?.key === key;
          expect(seen.ended.filter(ofKey)).toEqual(added.flatMap(({ numbers }) => numbers).filter(ofKey));
        }
      }),
      { numRuns: 150 },
    );
  });
});

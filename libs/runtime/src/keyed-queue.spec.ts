import { type KeyedQueueOptions, createKeyedQueue } from './keyed-queue.ts';

interface Task {
  readonly key: string;
  readonly names: string[];
}

interface Running {
  readonly name: string;
  end(): Promise<void>;
  fail(error: Error): Promise<void>;
}

const transient = (): Error => Object.assign(new Error('throttled'), { retry: 'transient' });
const permanent = (): Error => new Error('refused');

/** Lets promises run that are ready, with timers that stand still. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function setUp(options: Partial<KeyedQueueOptions<Task>> = {}) {
  const running: Running[] = [];
  const ended: string[] = [];
  const failed: string[] = [];
  const retries: number[] = [];
  const started: string[] = [];
  const nameOf = ({ names }: Task): string => names.join('+');
  const queue = createKeyedQueue<Task>({
    concurrency: 10,
    run: (task) =>
      new Promise((resolve, reject) => {
        started.push(nameOf(task));
        const leave = (): Promise<void> => {
          running.splice(running.indexOf(self), 1);
          return settle();
        };
        const self: Running = {
          name: nameOf(task),
          end: () => (resolve(), leave()),
          fail: (error) => (reject(error), leave()),
        };
        running.push(self);
      }),
    merge: () => false,
    onEnd: (task, error) => void (error === undefined ? ended : failed).push(nameOf(task)),
    onRetry: (_task, _error, attempt) => void retries.push(attempt),
    ...options,
  });
  const add = (...names: readonly string[]): void =>
    names.forEach((name) => queue.add(name[0] as string, { key: name[0] as string, names: [name] }));
  const now = (): string[] => running.map(({ name }) => name);
  const of = (name: string): Running => running.find((each) => each.name === name) as Running;
  return { queue, add, now, of, ended, failed, retries, started };
}

const mergeAll = (waiting: Task, next: Task): boolean => (waiting.names.push(...next.names), true);

describe('a keyed queue', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('runs one key in order, and keys side by side', async () => {
    const { add, now, of, ended } = setUp();
    add('a1', 'a2', 'b1');
    expect(now()).toEqual(['a1', 'b1']);
    await of('a1').end();
    expect(now()).toEqual(['b1', 'a2']);
    await of('a2').end();
    await of('b1').end();
    expect(ended).toEqual(['a1', 'a2', 'b1']);
  });

  it('runs no more side by side than it may; whose turn comes is who waited longest', async () => {
    const { add, now, of } = setUp({ concurrency: 2 });
    add('a1', 'a2', 'b1', 'c1', 'd1');
    expect(now()).toEqual(['a1', 'b1']);
    await of('a1').end();
    expect(now()).toEqual(['b1', 'c1']);
    await of('c1').end();
    expect(now()).toEqual(['b1', 'd1']);
    await of('d1').end();
    expect(now()).toEqual(['b1', 'a2']);
  });

  it('merges only into what waits, never into what runs', async () => {
    const { add, now, of, ended } = setUp({ merge: mergeAll });
    add('a1', 'a2', 'a3');
    expect(now()).toEqual(['a1']);
    await of('a1').end();
    expect(now()).toEqual(['a2+a3']);
    add('a4');
    await of('a2+a3').end();
    await of('a4').end();
    expect(ended).toEqual(['a1', 'a2+a3', 'a4']);
  });

  it('merges into a task that waits for a free place', () => {
    const { add, now } = setUp({ concurrency: 1, merge: mergeAll });
    add('a1', 'b1', 'b2');
    expect(now()).toEqual(['a1']);
  });

  it('merges into a task that waits to be tried again', async () => {
    const { add, of, ended } = setUp({ merge: mergeAll });
    add('a1');
    await of('a1').fail(transient());
    add('a2');
    jest.runOnlyPendingTimers();
    await of('a1+a2').end();
    expect(ended).toEqual(['a1+a2']);
  });

  it('keeps a key waiting after a transient failure, for longer each time, and nobody else', async () => {
    const { add, now, of, ended, retries } = setUp({ concurrency: 1 });
    add('a1', 'a2', 'b1');
    await of('a1').fail(transient());
    expect(now()).toEqual(['b1']);
    await of('b1').end();
    const waits: number[] = [];
    for (let attempt = 1; attempt < 9; attempt++) {
      expect(now()).toEqual([]);
      const begun = Date.now();
      jest.advanceTimersToNextTimer();
      waits.push(Date.now() - begun);
      await of('a1').fail(transient());
    }
    expect(retries).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const half = waits.length / 2;
    const sum = (part: readonly number[]): number => part.reduce((total, each) => total + each, 0);
    expect(sum(waits.slice(half))).toBeGreaterThan(2 * sum(waits.slice(0, half)));
    jest.advanceTimersToNextTimer();
    await of('a1').end();
    await of('a2').end();
    expect(ended).toEqual(['b1', 'a1', 'a2']);
  });

  it('begins the pauses of the next task anew', async () => {
    const { add, of, retries } = setUp();
    add('a1', 'a2');
    for (let attempt = 0; attempt < 3; attempt++) {
      await of('a1').fail(transient());
      jest.advanceTimersToNextTimer();
    }
    await of('a1').end();
    await of('a2').fail(transient());
    expect(retries).toEqual([1, 2, 3, 1]);
  });

  it('ends a task that failed for good, and goes on with its key', async () => {
    const { add, now, of, failed, ended } = setUp();
    add('a1', 'a2');
    await of('a1').fail(permanent());
    expect([failed, now()]).toEqual([['a1'], ['a2']]);
    await of('a2').end();
    expect(ended).toEqual(['a2']);
  });

  describe('when it is stopped', () => {
    it('begins nothing more and waits for what runs', async () => {
      const { queue, add, now, of, ended } = setUp({ concurrency: 1 });
      add('a1', 'a2', 'b1');
      let stopped = 0;
      for (let i = 0; i < 2; i++) void queue.stop().then(() => stopped++);
      add('c1');
      await settle();
      expect(stopped).toBe(0);
      await of('a1').end();
      expect([stopped, now(), ended]).toEqual([2, [], ['a1']]);
    });

    it('does not wait for pauses, and leaves no timer behind', async () => {
      const { queue, add, of, ended } = setUp();
      add('a1');
      await of('a1').fail(transient());
      await queue.stop();
      expect([jest.getTimerCount(), ended]).toEqual([0, []]);
    });

    it('drops what fails for a while then', async () => {
      const { queue, add, of, ended, failed } = setUp();
      add('a1');
      const stopped = queue.stop();
      await of('a1').fail(transient());
      await stopped;
      expect([jest.getTimerCount(), ended, failed]).toEqual([0, [], []]);
    });
  });
});

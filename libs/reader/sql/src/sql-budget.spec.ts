import type { SqlReadError } from './errors.ts';
import { type SqlBudgetOptions, createSqlBudget } from './sql-budget.ts';

const budgetOf = (options: Partial<SqlBudgetOptions> = {}) =>
  createSqlBudget({ queriesPerSecond: 100, concurrency: 1_000, maxWaiting: 10_000, maxWaitMs: 60_000, ...options });

/** The most of `times` within any `windowMs`. */
const busiest = (times: readonly number[], windowMs: number): number =>
  Math.max(...times.map((from, i) => times.slice(i).filter((at) => at - from < windowMs).length));

const nothing = async (): Promise<void> => undefined;

describe('createSqlBudget', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it.each([
    { queriesPerSecond: 100, statements: 1 },
    { queriesPerSecond: 7, statements: 1 },
    { queriesPerSecond: 40, statements: 2 },
  ])('never starts more than $queriesPerSecond statements a second and the burst', async (given) => {
    const budget = budgetOf({ ...given, burst: 5 });
    const starts: number[] = [];
    const note = async (): Promise<void> => {
      for (let n = 0; n < given.statements; n++) starts.push(performance.now());
    };
    const reads = Array.from({ length: 300 }, () => budget.run(note, given.statements));
    await jest.advanceTimersByTimeAsync(60_000);
    await Promise.all(reads);
    expect(starts).toHaveLength(300 * given.statements);
    expect(busiest(starts, 1_000)).toBeLessThanOrEqual(given.queriesPerSecond + 5);
    // Nor much less: what may be used is used.
    const seconds = ((starts.at(-1) as number) - (starts[0] as number)) / 1_000;
    expect(starts.length / seconds).toBeGreaterThan(given.queriesPerSecond * 0.95);
  });

  it('saves up no more than the burst while nobody reads', async () => {
    const budget = budgetOf({ burst: 3 });
    await jest.advanceTimersByTimeAsync(60_000);
    const starts: number[] = [];
    const reads = Array.from({ length: 10 }, () => budget.run(async () => void starts.push(performance.now())));
    await jest.advanceTimersByTimeAsync(1);
    expect(starts).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(1_000);
    await Promise.all(reads);
  });

  it('lets so many run at a time, and the next one in when one ends or fails', async () => {
    const budget = budgetOf({ concurrency: 2, burst: 10 });
    const ends: ((error?: Error) => void)[] = [];
    const task = () =>
      new Promise<void>((resolve, reject) => ends.push((e) => (e === undefined ? resolve() : reject(e))));
    const reads = [1, 2, 3].map(() => budget.run(task).catch((error: Error) => error.message));
    await jest.advanceTimersByTimeAsync(1_000);
    expect([ends.length, budget.running, budget.waiting]).toEqual([2, 2, 1]);
    ends[0]?.(new Error('broken'));
    await jest.advanceTimersByTimeAsync(1);
    expect([ends.length, budget.running, budget.waiting]).toEqual([3, 2, 0]);
    ends.forEach((end) => end());
    expect(await Promise.all(reads)).toEqual(['broken', undefined, undefined]);
    expect(budget.running).toBe(0);
  });

  it('refuses one more than may stand in line, and says when to come back', async () => {
    const refused: string[] = [];
    const budget = budgetOf({ queriesPerSecond: 10, maxWaiting: 3, onRefused: (why) => refused.push(why) });
    const reads = Array.from({ length: 5 }, () => budget.run(nothing));
    expect(budget.refusal()).toMatchObject({ code: 'HYBRIDGE_READER_SQL_BUSY', retryAfterMs: 400 });
    await expect(budget.run(nothing)).rejects.toMatchObject({
      code: 'HYBRIDGE_READER_SQL_BUSY',
      retry: 'transient',
      retryAfterMs: 400,
    });
    expect(refused).toEqual(['full']);
    await jest.advanceTimersByTimeAsync(1_000);
    await Promise.all(reads);
    expect(budget.refusal()).toBeUndefined();
  });

  it('has those it refuses come again one after another, but nobody wait for more than 30 s', async () => {
    const budget = budgetOf({ queriesPerSecond: 10, burst: 2, maxWaiting: 3 });
    const reads = Array.from({ length: 5 }, () => budget.run(nothing));
    const told = async () =>
      ((await budget.run(nothing).catch((error: unknown) => error)) as SqlReadError).retryAfterMs;
    expect([await told(), await told(), await told()]).toEqual([400, 500, 600]);
    await jest.advanceTimersByTimeAsync(100); // one was let in
    budget.reserve();
    expect([await told(), budget.refusal()?.retryAfterMs]).toEqual([600, 700]);
    for (let n = 0; n < 400; n++) await told();
    expect(await told()).toBe(30_000);
    await jest.advanceTimersByTimeAsync(60_000);
    await Promise.all(reads);
    const again = Array.from({ length: 4 }, () => budget.run(nothing));
    expect(await told()).toBe(400);
    await jest.advanceTimersByTimeAsync(1_000);
    await Promise.all(again);
  });

  it('starts what need not wait where nobody may', async () => {
    const budget = budgetOf({ maxWaiting: 0, burst: 2 });
    await expect(budget.run(async () => 'read')).resolves.toBe('read');
    await budget.run(nothing);
    await expect(budget.run(nothing)).rejects.toMatchObject({ code: 'HYBRIDGE_READER_SQL_BUSY' });
  });

  it('keeps a place in line, which those who are ready pass by, and refuses no task that has one', async () => {
    const order: string[] = [];
    const note = (name: string) => async () => void order.push(name);
    const budget = budgetOf({ queriesPerSecond: 10, burst: 2, maxWaiting: 3 });
    await Promise.all([budget.run(nothing), budget.run(nothing)]);
    const [first, second] = [budget.reserve(), budget.reserve()];
    const later = budget.run(note('ready'));
    expect(budget.waiting).toBe(3);
    expect(() => budget.reserve()).toThrow(expect.objectContaining({ code: 'HYBRIDGE_READER_SQL_BUSY' }));
    await jest.advanceTimersByTimeAsync(100);
    expect(order).toEqual(['ready']);
    const last = budget.run(note('last'));
    const reads = [second.run(note('second')), first.run(note('first'))];
    await jest.advanceTimersByTimeAsync(1_000);
    await Promise.all([later, last, ...reads]);
    expect(order).toEqual(['ready', 'first', 'second', 'last']);
    expect([budget.waiting, budget.running]).toEqual([0, 0]);
  });

  it('gives a place back, once its task will not come', () => {
    const refused: string[] = [];
    const budget = budgetOf({ maxWaiting: 1, burst: 2, concurrency: 1, onRefused: (why) => refused.push(why) });
    const places = [budget.reserve(), budget.reserve()]; // one of them could start at once
    expect(budget.refusal()).toMatchObject({ code: 'HYBRIDGE_READER_SQL_BUSY' });
    expect(() => budget.reserve()).toThrow('budget');
    places.forEach((place) => place.release());
    expect([budget.waiting, budget.refusal(), refused]).toEqual([0, undefined, ['full']]);
  });

  it('begins to count the wait of a place when its task comes', async () => {
    const waits: number[] = [];
    const budget = budgetOf({ maxWaitMs: 100, onAdmitted: (ms) => waits.push(ms) });
    const place = budget.reserve();
    await jest.advanceTimersByTimeAsync(10_000);
    await expect(place.run(async () => 'read')).resolves.toBe('read');
    expect(waits).toEqual([0]);
    place.release();
    expect([budget.waiting, budget.running]).toEqual([0, 0]);
  });

  it('refuses who stood in line too long, and takes nothing from the others for it', async () => {
    const waits: number[] = [];
    const refused: string[] = [];
    const hooks = { onAdmitted: (ms: number) => waits.push(ms), onRefused: (why: string) => refused.push(why) };
    const budget = budgetOf({ queriesPerSecond: 10, maxWaitMs: 250, ...hooks });
    const reads = Promise.allSettled(Array.from({ length: 6 }, () => budget.run(nothing)));
    await jest.advanceTimersByTimeAsync(1_000);
    expect((await reads).map(({ status }) => status)).toEqual([
      ...Array(4).fill('fulfilled'),
      ...Array(2).fill('rejected'),
    ]);
    expect(refused).toEqual(['late', 'late']);
    expect(waits.map((ms) => Math.round(ms / 10) * 10)).toEqual([0, 0, 100, 200]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    { queriesPerSecond: 0 },
    { queriesPerSecond: Number.NaN },
    { concurrency: -1 },
    { burst: 1 },
    { maxWaiting: -1 },
    { maxWaitMs: -1 },
  ])('refuses the bounds %j', (wrong) => {
    expect(() => budgetOf(wrong)).toThrow(RangeError);
  });
});

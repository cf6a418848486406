import { SqlReadError, isSqlUnavailable } from './errors.ts';
import { type SqlBreakerOptions, createSqlBreaker } from './sql-breaker.ts';

const down = new SqlReadError('HYBRIDGE_READER_SQL_UNAVAILABLE', 'no connection', { cause: undefined });
const fail = (error: Error) => () => Promise.reject(error);
const answer = async (): Promise<string> => 'row';

const setUp = (options: SqlBreakerOptions = {}) => {
  const states: string[] = [];
  let refused = 0;
  const breaker = createSqlBreaker({
    consecutiveFailures: 3,
    halfOpenAfterMs: 1_000,
    onState: (state) => states.push(state),
    onRefused: () => refused++,
    ...options,
  });
  const open = async (): Promise<void> => {
    for (let n = 0; n < 3; n++) await expect(breaker.run(fail(down))).rejects.toBe(down);
  };
  return { breaker, states, open, refused: () => refused };
};

describe('createSqlBreaker', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('opens after so many reads in a row that SQL did not answer, and then asks no more', async () => {
    const { breaker, states, open, refused } = setUp();
    await open();
    const task = jest.fn(answer);
    await expect(breaker.run(task)).rejects.toMatchObject({
      code: 'HYBRIDGE_READER_SQL_UNAVAILABLE',
      retry: 'transient',
      retryAfterMs: 1_000,
      cause: down,
    });
    expect(task).not.toHaveBeenCalled();
    expect([breaker.state, states, refused()]).toEqual(['open', ['open'], 1]);
    expect(breaker.refusal()).toMatchObject({ retryAfterMs: 1_000 });
  });

  it('begins to count anew with every answer', async () => {
    const { breaker } = setUp();
    for (const task of [fail(down), fail(down), answer, fail(down), fail(down)]) await breaker.run(task).catch(() => 0);
    expect(breaker.state).toBe('closed');
  });

  it.each([
    new SqlReadError('HYBRIDGE_READER_SQL_REFUSED', 'no such column', { sqlState: '42703', cause: undefined }),
    new SqlReadError('HYBRIDGE_READER_SQL_BUSY', 'full', { cause: undefined }),
    new TypeError('bug'),
  ])('does not hold against SQL that %s', async (error) => {
    const { breaker } = setUp();
    for (let n = 0; n < 10; n++) await expect(breaker.run(fail(error))).rejects.toBe(error);
    expect(breaker.state).toBe('closed');
  });

  it('tries one read after a while and refuses the others meanwhile', async () => {
    const { breaker, states, open } = setUp();
    await open();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(breaker.refusal()).toBeUndefined();
    let finish: (row: string) => void = () => undefined;
    const probe = breaker.run(() => new Promise<string>((resolve) => (finish = resolve)));
    await expect(breaker.run(answer)).rejects.toMatchObject({ code: 'HYBRIDGE_READER_SQL_UNAVAILABLE' });
    expect(breaker.state).toBe('half-open');
    finish('row');
    await expect(probe).resolves.toBe('row');
    await expect(breaker.run(answer)).resolves.toBe('row');
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('stays open for another while when the one fails', async () => {
    const { breaker, states, open } = setUp();
    await open();
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(breaker.run(fail(down))).rejects.toBe(down);
    await jest.advanceTimersByTimeAsync(999);
    expect(breaker.refusal()).toMatchObject({ retryAfterMs: 1 });
    expect(states).toEqual(['open', 'half-open', 'open']);
  });
});

describe('isSqlUnavailable', () => {
  const of = (code: SqlReadError['code']) => new SqlReadError(code, '', { cause: undefined });
  it.each([
    [of('HYBRIDGE_READER_SQL_UNAVAILABLE'), true],
    [of('HYBRIDGE_READER_SQL_TIMEOUT'), true],
    [of('HYBRIDGE_READER_SQL_BUSY'), true],
    [of('HYBRIDGE_READER_SQL_REFUSED'), false],
    [new Error('throttled'), false],
    [undefined, false],
  ])('of %p is %p', (error, expected) => {
    expect(isSqlUnavailable(error)).toBe(expected);
  });
});

import { isTransient } from './errors.ts';
import { retryTransient } from './retry.ts';

const failure = (retry?: string): Error => Object.assign(new Error(`${retry ?? 'unknown'} failure`), { retry });
const quick = { initialDelayMs: 0, maxDelayMs: 0 };

/** Fails as often as told, then succeeds. */
function flaky(errors: readonly Error[]) {
  let calls = 0;
  const task = async (): Promise<string> => {
    const error = errors[calls++];
    if (error !== undefined) throw error;
    return 'done';
  };
  return { task, calls: () => calls };
}

describe('retryTransient', () => {
  it('tries again while the error is transient, telling which', async () => {
    const { task, calls } = flaky([failure('transient'), failure('transient')]);
    const seen: unknown[] = [];
    await expect(
      retryTransient(task, { ...quick, onRetry: (error, attempt) => seen.push([(error as Error).message, attempt]) }),
    ).resolves.toBe('done');
    expect(calls()).toBe(3);
    expect(seen).toEqual([
      ['transient failure', 1],
      ['transient failure', 2],
    ]);
  });

  it.each(['permanent', undefined])('gives up at once when the class is %s', async (retry) => {
    const { task, calls } = flaky([failure(retry)]);
    await expect(retryTransient(task, quick)).rejects.toThrow('failure');
    expect(calls()).toBe(1);
  });

  it('gives up after the attempts allowed, with the last error', async () => {
    const { task, calls } = flaky([
      failure('transient'),
      failure('transient'),
      failure('transient'),
      failure('transient'),
    ]);
    await expect(retryTransient(task, { ...quick, maxAttempts: 2 })).rejects.toThrow('transient failure');
    expect(calls()).toBe(3);
  });

  it('cuts a pause short when the signal fires', async () => {
    const stop = new AbortController();
    const failure = Object.assign(new Error('throttled'), { retry: 'transient' });
    const task = () => Promise.reject(failure);
    const ended = retryTransient(task, { initialDelayMs: 3_600_000, signal: stop.signal, onRetry: () => stop.abort() });
    await expect(ended).rejects.toBe(failure);
  });

  it('ends when the caller’s signal fires', async () => {
    const controller = new AbortController();
    const task = async (): Promise<never> => {
      controller.abort();
      throw failure('transient');
    };
    await expect(retryTransient(task, { ...quick, signal: controller.signal })).rejects.toThrow();
  });
});

it.each([
  [failure('transient'), true],
  [failure('permanent'), false],
  [new Error('x'), false],
  ['text', false],
  [undefined, false],
])('isTransient(%p) is %p', (error, expected) => {
  expect(isTransient(error)).toBe(expected);
});

import { handleWhen, retry } from 'cockatiel';
import { createBackoff } from './backoff.ts';
import { isTransient } from './errors.ts';

export interface RetryOptions {
  /** Attempts after the first; default no limit: the caller's signal ends it. */
  readonly maxAttempts?: number;
  /** First pause, milliseconds; default 50. Pauses grow with decorrelated jitter. */
  readonly initialDelayMs?: number;
  /** Longest pause, milliseconds; default 10 000. */
  readonly maxDelayMs?: number;
  readonly signal?: AbortSignal;
  readonly onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
}

/**
 * Tries again while the error is transient. A signal that fires ends the pauses, not an attempt under way.
 * @throws the last error, or the permanent one at once
 */
export async function retryTransient<T>(task: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { signal } = options;
  const always = retry(
    handleWhen((error) => isTransient(error) && signal?.aborted !== true),
    {
      maxAttempts: options.maxAttempts ?? Number.MAX_SAFE_INTEGER,
      backoff: createBackoff(options),
    },
  );
  const policy = signal === undefined ? always : always.dangerouslyUnref(); // a pause cut short must not hold the process
  let attempt = 0;
  let lastError: unknown;
  let isPausing = false;
  const attempting = async (): Promise<T> => {
    isPausing = false;
    if (lastError !== undefined && signal?.aborted === true) throw lastError as Error;
    return task();
  };
  policy.onFailure((event) => {
    lastError = 'error' in event.reason ? event.reason.error : event.reason;
  });
  policy.onRetry((event) => {
    isPausing = true;
    options.onRetry?.(lastError, ++attempt, event.delay);
  });
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      if (isPausing) reject(lastError as Error);
    };
    signal?.addEventListener('abort', stop, { once: true });
    policy
      .execute(attempting)
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', stop));
  });
}

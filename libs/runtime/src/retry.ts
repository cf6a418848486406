import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
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
 * Tries again while the error is transient. A signal that fires ends it at once, also in the middle of a pause.
 * @throws the last error, or the permanent one at once; after the signal fired its reason
 */
export async function retryTransient<T>(task: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const policy = retry(handleWhen(isTransient), {
    maxAttempts: options.maxAttempts ?? Number.MAX_SAFE_INTEGER,
    backoff: new ExponentialBackoff({
      initialDelay: options.initialDelayMs ?? 50,
      maxDelay: options.maxDelayMs ?? 10_000,
    }),
  });
  let attempt = 0;
  let lastError: unknown;
  policy.onFailure((event) => {
    lastError = 'error' in event.reason ? event.reason.error : event.reason;
  });
  policy.onRetry((event) => options.onRetry?.(lastError, ++attempt, event.delay));
  const { signal } = options;
  if (signal === undefined) return policy.execute(task);
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    policy
      .execute(task, signal)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}

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

/** Tries again while the error is transient. @throws the last error, or the permanent one at once */
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
  return policy.execute(task, options.signal);
}

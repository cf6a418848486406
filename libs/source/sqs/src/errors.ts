import type { RetryClass } from '@hybridge/runtime';

export type QueueSourceErrorCode = 'HYBRIDGE_SOURCE_QUEUE_FAILED';

/** SQS refused or did not answer a call. */
export class QueueSourceError extends Error {
  override readonly name = 'QueueSourceError';
  readonly code: QueueSourceErrorCode = 'HYBRIDGE_SOURCE_QUEUE_FAILED';
  /** The call that failed, such as `ReceiveMessage`. */
  readonly call: string;
  readonly retry: RetryClass;

  constructor(call: string, retry: RetryClass, cause: unknown) {
    super(`SQS ${call} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.call = call;
    this.retry = retry;
  }
}

/** Wraps an error of the SDK; what is already wrapped stays. */
export function asQueueSourceError(call: string, error: unknown): QueueSourceError {
  return error instanceof QueueSourceError ? error : new QueueSourceError(call, retryClassOf(error), error);
}

/** Refusals that the same call will meet again: wrong queue, missing rights, malformed request. */
const PERMANENT_STATUS_CODES: readonly number[] = [400, 403, 404];
const THROTTLING = /throttl|RequestLimitExceeded|TooManyRequests|KmsThrottled|OverLimit/i;
/** Answered with 400 or 403, but cured by fresh credentials or a corrected clock, which the SDK brings by itself. */
const CREDENTIALS_IN_RENEWAL = /ExpiredToken|RequestExpired|RequestTimeTooSkewed/i;

function retryClassOf(error: unknown): RetryClass {
  const {
    name = '',
    $metadata,
    $retryable,
  } = (error ?? {}) as {
    name?: string;
    $metadata?: { httpStatusCode?: number };
    $retryable?: unknown;
  };
  if ($retryable !== undefined || THROTTLING.test(name) || CREDENTIALS_IN_RENEWAL.test(name)) return 'transient';
  if (name === 'CredentialsProviderError') return 'permanent';
  const status = $metadata?.httpStatusCode;
  return status !== undefined && PERMANENT_STATUS_CODES.includes(status) ? 'permanent' : 'transient';
}

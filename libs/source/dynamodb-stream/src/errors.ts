import type { RetryClass, Retryable } from '@hybridge/runtime';

export type StreamSourceErrorCode =
  | 'HYBRIDGE_SOURCE_STREAM_UNAVAILABLE'
  | 'HYBRIDGE_SOURCE_STREAM_REFUSED'
  | 'HYBRIDGE_SOURCE_STREAM_MISSING'
  | 'HYBRIDGE_SOURCE_SHARD_GONE'
  | 'HYBRIDGE_SOURCE_ITERATOR_EXPIRED'
  | 'HYBRIDGE_SOURCE_RECORDS_TRIMMED'
  | 'HYBRIDGE_SOURCE_CHECKPOINT_UNAVAILABLE'
  | 'HYBRIDGE_SOURCE_CHECKPOINT_REFUSED'
  | 'HYBRIDGE_SOURCE_BATCH_NOT_COMMITTED';

const TRANSIENT_CODES: ReadonlySet<StreamSourceErrorCode> = new Set([
  'HYBRIDGE_SOURCE_STREAM_UNAVAILABLE',
  'HYBRIDGE_SOURCE_CHECKPOINT_UNAVAILABLE',
]);

/** A call to the stream or the checkpoint table that failed. Transient when the service or the way to it failed. */
export class StreamSourceError extends Error implements Retryable {
  override readonly name = 'StreamSourceError';
  readonly code: StreamSourceErrorCode;
  readonly retry: RetryClass;

  constructor(code: StreamSourceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retry = TRANSIENT_CODES.has(code) ? 'transient' : 'permanent';
  }
}

export const isStreamError = (error: unknown, code: StreamSourceErrorCode): boolean =>
  error instanceof StreamSourceError && error.code === code;

/** Exceptions that are news about a shard rather than failures. */
const SHARD_NEWS: Readonly<Record<string, StreamSourceErrorCode>> = {
  ExpiredIteratorException: 'HYBRIDGE_SOURCE_ITERATOR_EXPIRED',
  TrimmedDataAccessException: 'HYBRIDGE_SOURCE_RECORDS_TRIMMED',
  ResourceNotFoundException: 'HYBRIDGE_SOURCE_SHARD_GONE',
};

/** Answers below 500 that trying again can mend. */
const TRANSIENT = new Set([
  'ExpiredTokenException',
  'InternalServerError',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TimeoutError',
  'CredentialsProviderError',
]);

/** Wraps what the SDK threw while reading the stream. */
export function toStreamError(what: string, cause: unknown): StreamSourceError {
  const code =
    SHARD_NEWS[nameOf(cause)] ??
    (isTransientCause(cause) ? 'HYBRIDGE_SOURCE_STREAM_UNAVAILABLE' : 'HYBRIDGE_SOURCE_STREAM_REFUSED');
  return new StreamSourceError(code, `${what}: ${describe(cause)}`, { cause });
}

/** Wraps what the SDK threw while reading or writing checkpoints. */
export function toCheckpointError(what: string, cause: unknown): StreamSourceError {
  const code = isTransientCause(cause)
    ? 'HYBRIDGE_SOURCE_CHECKPOINT_UNAVAILABLE'
    : 'HYBRIDGE_SOURCE_CHECKPOINT_REFUSED';
  return new StreamSourceError(code, `${what}: ${describe(cause)}`, { cause });
}

function isTransientCause(cause: unknown): boolean {
  const status = (cause as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  return TRANSIENT.has(nameOf(cause)) || status === undefined || status >= 500;
}

const nameOf = (cause: unknown): string => (cause instanceof Error ? cause.name : '');
const describe = (cause: unknown): string =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);

import type { RetryClass, Retryable } from '@hybridge/runtime';
import { formatKey, type ItemKey } from '@hybridge/protocol';

export type DynamoDbSinkErrorCode =
  | 'HYBRIDGE_SINK_DYNAMODB_UNAVAILABLE'
  | 'HYBRIDGE_SINK_DYNAMODB_REFUSED'
  | 'HYBRIDGE_SINK_ITEM_INVALID'
  | 'HYBRIDGE_SINK_ITEM_TOO_LARGE';

/** A request DynamoDB did not carry out. Transient when the service or the way to it failed. */
export class DynamoDbSinkError extends Error implements Retryable {
  override readonly name = 'DynamoDbSinkError';
  readonly code: DynamoDbSinkErrorCode;
  readonly retry: RetryClass;
  readonly key: ItemKey;

  constructor(code: DynamoDbSinkErrorCode, key: ItemKey, cause: unknown) {
    super(`${formatKey(key)}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, {
      cause,
    });
    this.code = code;
    this.retry = code === 'HYBRIDGE_SINK_DYNAMODB_UNAVAILABLE' ? 'transient' : 'permanent';
    this.key = key;
  }
}

/** Service exceptions that trying again can mend (Amazon DynamoDB Developer Guide, error handling). */
const TRANSIENT = new Set([
  'InternalServerError',
  'ItemCollectionSizeLimitExceededException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ThrottlingException',
  'TimeoutError',
  'TransactionConflictException',
  'TransactionInProgressException',
  'UnrecognizedClientException',
]);

export function toSinkError(key: ItemKey, cause: unknown): DynamoDbSinkError {
  return new DynamoDbSinkError(codeOf(cause), key, cause);
}

function codeOf(cause: unknown): DynamoDbSinkErrorCode {
  if (!(cause instanceof Error)) return 'HYBRIDGE_SINK_DYNAMODB_REFUSED';
  if (cause.name === 'ValidationException') {
    return /item size/i.test(cause.message) ? 'HYBRIDGE_SINK_ITEM_TOO_LARGE' : 'HYBRIDGE_SINK_ITEM_INVALID';
  }
  const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const answered = status !== undefined && status < 500;
  return TRANSIENT.has(cause.name) || !answered
    ? 'HYBRIDGE_SINK_DYNAMODB_UNAVAILABLE'
    : 'HYBRIDGE_SINK_DYNAMODB_REFUSED';
}

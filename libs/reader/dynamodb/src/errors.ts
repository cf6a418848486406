export type ItemReaderErrorCode = 'HYBRIDGE_READER_DYNAMODB_FAILED';

/** DynamoDB refused or did not answer a read. */
export class ItemReaderError extends Error {
  override readonly name = 'ItemReaderError';
  readonly code: ItemReaderErrorCode = 'HYBRIDGE_READER_DYNAMODB_FAILED';
  /** The call that failed, such as `GetItem`. */
  readonly call: string;
  readonly retry: 'transient' | 'permanent';

  constructor(call: string, retry: 'transient' | 'permanent', cause: unknown) {
    super(`DynamoDB ${call} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.call = call;
    this.retry = retry;
  }
}

const PERMANENT_STATUS_CODES: readonly number[] = [400, 403, 404];
/** Answered with 400, though trying again helps. */
const PASSING =
  /throttl|ThroughputExceeded|RequestLimitExceeded|LimitExceeded|ReplicatedWriteConflict|ExpiredToken|RequestTimeTooSkewed|ResourceInUse/i;

/** Runs one call of the SDK. @throws ItemReaderError */
export async function reading<T>(call: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw error instanceof ItemReaderError ? error : new ItemReaderError(call, retryClassOf(error), error);
  }
}

function retryClassOf(error: unknown): 'transient' | 'permanent' {
  const { name = '', $metadata } = (error ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (PASSING.test(name)) return 'transient';
  if (name === 'CredentialsProviderError') return 'permanent';
  const status = $metadata?.httpStatusCode;
  return status !== undefined && PERMANENT_STATUS_CODES.includes(status) ? 'permanent' : 'transient';
}

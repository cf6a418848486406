import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { type Item, type Write, formatKey, keyOf } from '@hybridge/protocol';
import { DefaultRateLimiter } from '@smithy/core/retry';
import { wholeItem } from '../batch/whole-item.ts';
import { type DynamoDbSinkError, toSinkError } from '../errors.ts';
import { PutUnansweredError, PutsForbiddenError } from './errors.ts';

export { PutUnansweredError, PutsForbiddenError };

/** Whole items, stored whatever is there. For one loader of a table nobody is served from; nothing else may put. */
export interface BulkWriter {
  /**
   * Stores the whole item that a write makes where none is.
   * @throws DynamoDbSinkError: not stored, as of throttling (transient) or of the item itself
   * @throws PutUnansweredError: stored or not, now or later
   * @throws PutsForbiddenError: not stored
   */
  put(write: Write): Promise<void>;
  /** Resolves when no call is under way. */
  idle(): Promise<void>;
}

export interface BulkWriterOptions {
  readonly tableName: string;
  /** Calls under way side by side; default 4. */
  readonly maxCalls?: number;
}

/** Items of one call (Service quotas: BatchWriteItem). */
export const MAX_PUTS = 25;

interface Putting {
  readonly write: Write;
  readonly id: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts that wait at the same time go out in one `BatchWriteItem`, each key once. A call that is refused for one of its items is
 * repeated item by item; nothing else is repeated here.
 * @param client must make one attempt a call: a repetition could take effect after a newer put
 */
export function createBulkWriter(client: DynamoDBClient, options: BulkWriterOptions): BulkWriter {
  const { tableName, maxCalls = 4 } = options;
  const pace = new DefaultRateLimiter();
  let waiting: Putting[] = [];
  let calls = 0;
  let isScheduled = false;
  let onIdle: (() => void)[] = [];

  /** Once all that is ready in this turn of the event loop has asked. */
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      while (waiting.length > 0 && calls < maxCalls) void call(nextBatch());
    });
  };

  const nextBatch = (): readonly Putting[] => {
    const batch = new Map<string, Putting>();
    const rest: Putting[] = [];
    for (const putting of waiting) {
      if (batch.size < MAX_PUTS && !batch.has(putting.id)) batch.set(putting.id, putting);
      else rest.push(putting);
    }
    waiting = rest;
    return [...batch.values()];
  };

  const call = async (batch: readonly Putting[]): Promise<void> => {
    calls++;
    await send(batch);
    calls--;
    if (waiting.length > 0) return schedule();
    if (calls > 0) return;
    for (const resolve of onIdle) resolve();
    onIdle = [];
  };

  /** Settles every putting of the batch; never throws. */
  const send = async (batch: readonly Putting[]): Promise<void> => {
    try {
      await pace.getSendToken();
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [tableName]: batch.map(toRequest) } }),
      );
      settle(batch, UnprocessedItems?.[tableName] ?? []);
    } catch (cause) {
      if (isThrottling(cause)) pace.updateClientSendingRate({ errorType: 'THROTTLING' });
      if (batch.length > 1 && isOfItem(cause)) {
        for (const putting of batch) await send([putting]);
      } else {
        for (const { write, reject } of batch) reject(errorOf(write, cause));
      }
    }
  };

  const settle = (batch: readonly Putting[], unprocessed: readonly WriteRequest[]): void => {
    pace.updateClientSendingRate(unprocessed.length > 0 ? { errorType: 'THROTTLING' } : {});
    const left = new Set(unprocessed.map(({ PutRequest }) => formatKey(keyOf(PutRequest?.Item as Item))));
    for (const { write, id, resolve, reject } of batch) {
      if (left.has(id)) reject(toSinkError(write.key, UNPROCESSED));
      else resolve();
    }
  };

  return {
    put: (write) =>
      new Promise((resolve, reject) => {
        waiting.push({ write, id: formatKey(write.key), resolve, reject });
        schedule();
      }),
    idle: () =>
      calls === 0 && waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve)),
  };
}

const toRequest = ({ write }: Putting): WriteRequest => ({
  // The SDK's attribute value is the same JSON with `undefined` members added to its type; nothing is converted.
  PutRequest: { Item: wholeItem(write) as NonNullable<WriteRequest['PutRequest']>['Item'] },
});

/** Left over is as good as throttled: nothing was written. */
const UNPROCESSED = Object.assign(new Error('left unprocessed'), { name: 'ProvisionedThroughputExceededException' });

/** Answers that say that nothing was written because it was too much at the time. */
const THROTTLING: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

const nameOf = (cause: unknown): string => (cause instanceof Error ? cause.name : '');

/** Only an answer below 500 says that nothing was written. */
function isAnswer(cause: unknown): boolean {
  const status = (cause as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  return status !== undefined && status >= 400 && status < 500;
}

const isThrottling = (cause: unknown): boolean => isAnswer(cause) && THROTTLING.has(nameOf(cause));
const isOfItem = (cause: unknown): boolean => isAnswer(cause) && nameOf(cause) === 'ValidationException';

function errorOf(write: Write, cause: unknown): DynamoDbSinkError | PutUnansweredError | PutsForbiddenError {
  if (cause instanceof PutsForbiddenError) return cause;
  if (isThrottling(cause) || isOfItem(cause)) return toSinkError(write.key, cause);
  if (!isAnswer(cause)) return new PutUnansweredError(write.key, cause);
  return new PutsForbiddenError(`DynamoDB refuses puts: ${String(cause)}`, { cause });
}

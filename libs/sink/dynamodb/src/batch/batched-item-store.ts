import {
  BatchExecuteStatementCommand,
  type BatchStatementError,
  BatchStatementErrorCodeEnum as ErrorCode,
  type BatchStatementRequest,
  type DynamoDBClient,
  type AttributeValue as SdkAttributeValue,
} from '@aws-sdk/client-dynamodb';
import {
  type AttributeValue,
  CREATING,
  type Item,
  type ItemStore,
  type Write,
  type WriteResult,
  formatKey,
} from '@hybridge/protocol';
import { isTransient } from '@hybridge/runtime';
import { DefaultRateLimiter } from '@smithy/core/retry';
import { toSinkError } from '../errors.ts';
import { createItemStore } from '../item-store.ts';
import { type Statement, createStatements } from './statement.ts';

export interface BatchedItemStoreOptions {
  readonly tableName: string;
  /** Calls under way side by side; default 4. */
  readonly maxCalls?: number;
}

/** Statements of one call (Service quotas: BatchExecuteStatement). */
export const MAX_STATEMENTS = 25;

/** Parameters of one call; larger writes go alone. Bytes. */
const MAX_CALL_BYTES = 256 * 1024;

/** A write on its way. A guess that is wrong, whether the item exists, is answered by trying the other. */
interface Sending {
  readonly write: Write;
  readonly bytes: number;
  guess: 'exists' | 'absent';
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The view table, with writes that wait at the same time sent in one `BatchExecuteStatement`: each still on its own
 * condition, refused on its own, with the item as it stood. A write alone, or one that PartiQL has no words for, is an
 * `UpdateItem`. When the table throttles, calls are paced by the SDK's own adaptive rate limiter.
 * Writes of one item are never in one call; those that wait at the same time have no order.
 */
export function createBatchedItemStore(client: DynamoDBClient, options: BatchedItemStoreOptions): ItemStore {
  const single = createItemStore(client, options);
  const statements = createStatements(options.tableName);
  const pace = new DefaultRateLimiter();
  const maxCalls = options.maxCalls ?? 4;
  let waiting: Sending[] = [];
  let calls = 0;
  let isScheduled = false;

  /** Once all that is ready in this turn of the event loop has asked. */
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      while (waiting.length > 0 && calls < maxCalls) void call(nextCall());
    });
  };

  const nextCall = (): readonly Sending[] => {
    const batch = new Map<string, Sending>();
    const later: Sending[] = []; // a call names an item once
    let bytes = 0;
    let taken = 0;
    for (const sending of waiting) {
      const fits = batch.size < MAX_STATEMENTS && (bytes + sending.bytes <= MAX_CALL_BYTES || batch.size === 0);
      if (!fits) break;
      taken++;
      const name = formatKey(sending.write.key);
      if (batch.has(name)) {
        later.push(sending);
        continue;
      }
      batch.set(name, sending);
      bytes += sending.bytes;
    }
    waiting = [...later, ...waiting.slice(taken)];
    return [...batch.values()];
  };

  const call = async (batch: readonly Sending[]): Promise<void> => {
    calls++;
    try {
      await (batch.length === 1 ? sendAlone(batch[0] as Sending) : sendTogether(batch));
    } finally {
      calls--;
      if (waiting.length > 0) schedule();
    }
  };

  const sendAlone = (sending: Sending): Promise<void> =>
    single.write(sending.write).then(sending.resolve, sending.reject);

  const sendTogether = async (batch: readonly Sending[]): Promise<void> => {
    const said = batch.map((sending) => ({ sending, statement: statementOf(sending) }));
    try {
      await pace.getSendToken();
      const { Responses = [] } = await client.send(
        new BatchExecuteStatementCommand({ Statements: said.map(({ statement }) => toRequest(statement)) }),
      );
      const errors = batch.map((_, i) => Responses[i]?.Error);
      pace.updateClientSendingRate(errors.some(isThrottled) ? { errorType: 'THROTTLING' } : {});
      await Promise.all(batch.map((sending, i) => settle(sending, errors[i])));
    } catch (cause) {
      await Promise.all(batch.map((sending) => failed(sending, cause)));
    }
  };

  const statementOf = ({ write, guess }: Sending): Statement =>
    guess === 'absent' ? statements.insert(write) : (statements.update(write) as Statement);

  const settle = async (sending: Sending, error: BatchStatementError | undefined): Promise<void> => {
    if (error === undefined) return sending.resolve({ ok: true, item: undefined });
    switch (error.Code) {
      case ErrorCode.ConditionalCheckFailed:
        if (error.Item === undefined && isCreating(sending.write)) return again(sending, 'absent');
        return sending.resolve({ ok: false, item: error.Item as Item | undefined });
      case ErrorCode.DuplicateItem:
        return again(sending, 'exists');
      default:
        return fault(sending, error);
    }
  };

  const again = (sending: Sending, guess: Sending['guess']): void => {
    sending.guess = guess;
    waiting.push(sending);
    schedule();
  };

  /** What is no matter of the moment may be the write's own fault: the answer to a single call says so. */
  const fault = (sending: Sending, { Code: code, Message: message }: BatchStatementError): Promise<void> => {
    const name = MOMENTARY[String(code)];
    return name === undefined ? sendAlone(sending) : failed(sending, Object.assign(new Error(message), { name }));
  };

  const failed = (sending: Sending, cause: unknown): Promise<void> => {
    const error = toSinkError(sending.write.key, cause);
    if (!isTransient(error)) return sendAlone(sending);
    sending.reject(error);
    return Promise.resolve();
  };

  return {
    get: (key) => single.get(key),
    write(write) {
      const bytes = sizeOf(write);
      if (write.returnNew || bytes > MAX_CALL_BYTES || statements.update(write) === undefined)
        return single.write(write);
      return new Promise((resolve, reject) => {
        waiting.push({ write, bytes, guess: guessOf(write), resolve, reject });
        schedule();
      });
    },
  };
}

/** Snapshot rows, which alone name no transaction, mostly meet no item; nor do references, put for a new parent only. */
const guessOf = (write: Write): Sending['guess'] =>
  isCreating(write) && (write.expression === 'putReference' || 'NULL' in (write.values[':fx'] ?? {}))
    ? 'absent'
    : 'exists';

/** Whether its condition holds where no item is. */
const isCreating = (write: Write): boolean => CREATING.has(write.expression) && write.needsItem !== true;

/** Statements' errors that trying again can mend, by the names that the same errors of a whole call have. */
const MOMENTARY: Readonly<Record<string, string>> = {
  [ErrorCode.InternalServerError]: 'InternalServerError',
  [ErrorCode.ItemCollectionSizeLimitExceeded]: 'ItemCollectionSizeLimitExceededException',
  [ErrorCode.ProvisionedThroughputExceeded]: 'ProvisionedThroughputExceededException',
  [ErrorCode.RequestLimitExceeded]: 'RequestLimitExceeded',
  [ErrorCode.ThrottlingError]: 'ThrottlingException',
  [ErrorCode.TransactionConflict]: 'TransactionConflictException',
};

const THROTTLES: ReadonlySet<string | undefined> = new Set([
  ErrorCode.ProvisionedThroughputExceeded,
  ErrorCode.RequestLimitExceeded,
  ErrorCode.ThrottlingError,
]);

const isThrottled = (error: BatchStatementError | undefined): boolean => THROTTLES.has(error?.Code);

const toRequest = ({ text, parameters }: Statement): BatchStatementRequest => ({
  Statement: text,
  Parameters: parameters as SdkAttributeValue[],
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

/** About what a write's values take; texts, binaries and documents make the difference. */
function sizeOf({ values }: Write): number {
  let bytes = 0;
  for (const value of Object.values(values)) bytes += VALUE_OVERHEAD_BYTES + lengthOf(value);
  return bytes;
}

const VALUE_OVERHEAD_BYTES = 16;

function lengthOf(value: AttributeValue): number {
  if ('S' in value) return value.S.length;
  if ('B' in value) return value.B.length;
  return 'M' in value || 'L' in value ? JSON.stringify(value).length : 0;
}

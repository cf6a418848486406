import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { retryTransient } from '@hybridge/runtime';
import { QueueSourceError, asQueueSourceError } from './errors.ts';
import { LONG_POLL_SECONDS, MAX_BATCH_ENTRIES } from './limits.ts';
import { type Receipt, receiptOf } from './queue-message.ts';

/** The three calls of a consumer, with partial failures of batches retried. All throw QueueSourceError. */
export interface QueueCalls {
  receive(visibilitySeconds: number, signal: AbortSignal): Promise<readonly Receipt[]>;
  /** @returns receipts that could not be deleted: the queue hands those messages out again */
  remove(receipts: readonly Receipt[]): Promise<readonly Receipt[]>;
  /** Makes each message visible again after its own time. @returns receipts for which that failed */
  keepInvisible(receipts: readonly Receipt[], secondsOf: (receipt: Receipt) => number): Promise<readonly Receipt[]>;
}

/** Tries of a batch call whose entries failed in part. */
const BATCH_ATTEMPTS = 5;
const FIRST_RETRY_MS = 50;

export function createQueueCalls(client: SQSClient, queueUrl: string): QueueCalls {
  const queue = { QueueUrl: queueUrl };
  return {
    async receive(visibilitySeconds, signal) {
      const command = new ReceiveMessageCommand({
        ...queue,
        MaxNumberOfMessages: MAX_BATCH_ENTRIES,
        WaitTimeSeconds: LONG_POLL_SECONDS,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
      });
      try {
        const { Messages = [] } = await client.send(command, { abortSignal: signal });
        return Messages.map(receiptOf);
      } catch (error) {
        throw asQueueSourceError('ReceiveMessage', error);
      }
    },
    remove: (receipts) =>
      inBatches('DeleteMessageBatch', receipts, (entries) =>
        client.send(new DeleteMessageBatchCommand({ ...queue, Entries: entries.map(entryOf) })),
      ),
    keepInvisible: (receipts, secondsOf) =>
      inBatches('ChangeMessageVisibilityBatch', receipts, (entries) =>
        client.send(
          new ChangeMessageVisibilityBatchCommand({
            ...queue,
            Entries: entries.map((receipt, index) => ({
              ...entryOf(receipt, index),
              VisibilityTimeout: secondsOf(receipt),
            })),
          }),
        ),
      ),
  };
}

const entryOf = (receipt: Receipt, index: number) => ({ Id: String(index), ReceiptHandle: receipt.handle });

interface BatchAnswer {
  readonly Failed?:
    readonly { readonly Id?: string | undefined; readonly SenderFault?: boolean | undefined }[] | undefined;
}

async function inBatches(
  call: string,
  receipts: readonly Receipt[],
  send: (entries: readonly Receipt[]) => Promise<BatchAnswer>,
): Promise<readonly Receipt[]> {
  const failed: Receipt[] = [];
  for (let start = 0; start < receipts.length; start += MAX_BATCH_ENTRIES) {
    failed.push(...(await untilDone(call, receipts.slice(start, start + MAX_BATCH_ENTRIES), send)));
  }
  return failed;
}

/** Sends again what failed; entries the queue calls the sender's fault (an expired receipt) are given up at once. */
async function untilDone(
  call: string,
  receipts: readonly Receipt[],
  send: (entries: readonly Receipt[]) => Promise<BatchAnswer>,
): Promise<readonly Receipt[]> {
  const givenUp: Receipt[] = [];
  let rest = receipts;
  const attempt = async (): Promise<void> => {
    const answer = await send(rest).catch((error: unknown) => {
      throw asQueueSourceError(call, error);
    });
    const failures = new Map((answer.Failed ?? []).map((failure) => [failure.Id, failure.SenderFault === true]));
    givenUp.push(...rest.filter((_, index) => failures.get(String(index)) === true));
    rest = rest.filter((_, index) => failures.get(String(index)) === false);
    if (rest.length > 0) throw new QueueSourceError(call, 'transient', `${rest.length} entries failed`);
  };
  await retryTransient(attempt, { maxAttempts: BATCH_ATTEMPTS - 1, initialDelayMs: FIRST_RETRY_MS }).catch(
    (error: unknown) => {
      if (!(error instanceof QueueSourceError)) throw error;
      givenUp.push(...rest);
    },
  );
  return givenUp;
}

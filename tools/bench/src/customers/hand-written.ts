/**
 * The same way as ours, as one writes it for one table and one column: stream → EventBridge → SQS → one UPDATE. It
 * keeps no position in the stream, applies late and repeated messages as they come, and answers nobody.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type DynamoDBStreamsClient,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type pg from 'pg';

export const SOURCE = 'hand-written';

/** Entries of one call. Source: API reference of PutEvents. */
const ENTRIES_PER_CALL = 10;

interface Note {
  readonly id: string;
  readonly note: string;
}

export interface PipeOptions {
  readonly streamArn: string;
  readonly busName: string;
  /** Pause after an answer without records. */
  readonly idlePollMs: number;
}

/** Puts every change of the table on the bus. For a stream of one shard, as DynamoDB Local's have. */
export async function pipeStream(
  clients: { readonly streams: DynamoDBStreamsClient; readonly events: EventBridgeClient },
  { streamArn, busName, idlePollMs }: PipeOptions,
  signal: AbortSignal,
): Promise<void> {
  let iterator = await iteratorFrom(clients.streams, streamArn);
  let last: string | undefined;
  while (!signal.aborted) {
    const { Records = [], NextShardIterator } = await clients.streams
      .send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1_000 }))
      .catch(async (error: unknown) => {
        if (!(error instanceof TrimmedDataAccessException)) throw error; // DynamoDB Local says so of its own iterators
        return { Records: [], NextShardIterator: await iteratorFrom(clients.streams, streamArn, last) };
      });
    iterator = NextShardIterator;
    const notes = Records.map(({ dynamodb }) => noteOf(dynamodb?.NewImage ?? {}));
    for (let start = 0; start < notes.length; start += ENTRIES_PER_CALL) {
      await putEvents(clients.events, busName, notes.slice(start, start + ENTRIES_PER_CALL));
    }
    last = Records.at(-1)?.dynamodb?.SequenceNumber ?? last;
    if (notes.length === 0) await delay(idlePollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** @param last the record seen last; undefined: from the beginning */
async function iteratorFrom(
  streams: DynamoDBStreamsClient,
  streamArn: string,
  last?: string,
): Promise<string | undefined> {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const from =
    last === undefined
      ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
      : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: last } as const);
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand({ StreamArn: streamArn, ShardId, ...from }));
  return ShardIterator;
}

const noteOf = (image: Readonly<Record<string, { readonly S?: string | undefined }>>): Note => ({
  id: image['id']?.S ?? '',
  note: image['note']?.S ?? '',
});

async function putEvents(events: EventBridgeClient, busName: string, notes: readonly Note[]): Promise<void> {
  const { FailedEntryCount = 0 } = await events.send(
    new PutEventsCommand({
      Entries: notes.map((note) => ({
        EventBusName: busName,
        Source: SOURCE,
        DetailType: 'NoteChanged',
        Detail: JSON.stringify(note),
      })),
    }),
  );
  if (FailedEntryCount > 0) throw new Error(`${FailedEntryCount} events were not taken by ${busName}.`);
}

/** Applies what arrives in the queue; a message that fails comes again. */
export async function applyMessages(
  clients: { readonly queues: SQSClient; readonly sql: pg.Pool },
  queueUrl: string,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { Messages = [] } = await clients.queues
      .send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 }), {
        abortSignal: signal,
      })
      .catch((error: unknown) => {
        if (signal.aborted) return { Messages: [] };
        throw error;
      });
    await Promise.all(Messages.map((message) => applyMessage(clients, queueUrl, message)));
  }
}

async function applyMessage(
  { queues, sql }: { readonly queues: SQSClient; readonly sql: pg.Pool },
  queueUrl: string,
  { Body = '{}', ReceiptHandle }: Message,
): Promise<void> {
  const { detail } = JSON.parse(Body) as { readonly detail: Note };
  await sql.query('UPDATE public.orders SET note = $2 WHERE id = $1', [detail.id, detail.note]);
  await queues.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
}

import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SQSClient,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Random } from '@hybridge/load';
import type { ReceivedMessage } from '../proxy/aws-proxy.ts';
import { awaitCondition } from './await-condition.ts';
import type { FaultLab } from './open-fault-lab.ts';

/** Delivers messages of the writeback's queue twice, late and out of order, until `stop`. */
export interface QueueCopier {
  readonly counts: { readonly copied: number; readonly heldBack: number; readonly notDeleted: number };
  /** Resolves when the queue holds nothing, visible or not. */
  emptied(): Promise<void>;
  /** Sends the newest commands it has seen once more, out of order. @returns how many */
  resendAll(): Promise<number>;
  stop(): Promise<void>;
}

const COPY_PERCENT = 25;
const HOLD_BACK_PERCENT = 15;
const KEEP_PERCENT = 15;
/** Longest time until a message comes again, seconds. */
const MAX_DELAY_SECONDS = 5;
/** Commands that are remembered. */
const MOST_COMMANDS = 500;
/** SendMessageBatch takes ten. */
const BATCH = 10;

export function copyMessages({ loop, aws }: FaultLab, random: Random): QueueCopier {
  const { region, aws: emulator, credentials } = loop.stack.endpoints;
  const client = new SQSClient({ region, endpoint: emulator.endpoint, credentials: { ...credentials } });
  const QueueUrl = loop.provisioned.aws.queueUrl;
  const counts = { copied: 0, heldBack: 0, notDeleted: 0 };
  const commands = new Map<string, string>();
  const underWay = new Set<Promise<unknown>>();
  let failure: unknown;

  const begin = (call: Promise<unknown>): void => {
    const ending: Promise<unknown> = call
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => underWay.delete(ending));
    underWay.add(ending);
  };
  const someSeconds = (): number => random.roll(MAX_DELAY_SECONDS + 1);
  const comeAgain = (ReceiptHandle: string): void =>
    begin(
      client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 1 + someSeconds() }),
      ),
    );
  const note = ({ MessageId, Body }: ReceivedMessage): void => {
    commands.set(MessageId, Body);
    const [oldest] = commands.keys();
    if (commands.size > MOST_COMMANDS && oldest !== undefined) commands.delete(oldest);
  };
  aws.disturbQueue({
    onReceive: (messages) => {
      messages.forEach(note);
      for (const { Body } of messages) {
        if (random.roll(100) >= COPY_PERCENT) continue;
        counts.copied++;
        begin(client.send(new SendMessageCommand({ QueueUrl, MessageBody: Body, DelaySeconds: someSeconds() })));
      }
      const passed = messages.filter(() => random.roll(100) >= HOLD_BACK_PERCENT);
      const heldBack = messages.filter((message) => !passed.includes(message));
      counts.heldBack += heldBack.length;
      heldBack.forEach(({ ReceiptHandle }) => comeAgain(ReceiptHandle));
      return passed.toReversed();
    },
    onDelete: (receiptHandle) => {
      if (random.roll(100) >= KEEP_PERCENT) return true;
      counts.notDeleted++;
      comeAgain(receiptHandle);
      return false;
    },
  });

  const emptied = async (): Promise<void> => {
    aws.disturbQueue(undefined);
    await Promise.all(underWay);
    await awaitCondition('an empty queue', async () => (await heldBy(client, QueueUrl)) === 0);
    if (failure !== undefined) throw new Error('A message could not be copied or held back.', { cause: failure });
  };
  return {
    counts,
    emptied,
    async resendAll() {
      const bodies = [...commands.values()].toReversed();
      for (let start = 0; start < bodies.length; start += BATCH) {
        const Entries = bodies.slice(start, start + BATCH).map((MessageBody, i) => ({ Id: String(i), MessageBody }));
        const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
        if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} copies: ${Failed[0]?.Message}`);
      }
      return bodies.length;
    },
    async stop() {
      aws.disturbQueue(undefined);
      await Promise.all(underWay);
      client.destroy();
    },
  };
}

async function heldBy(client: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

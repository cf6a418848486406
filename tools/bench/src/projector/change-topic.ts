/** Fills a change topic before anybody reads it, and tells how far a group has come with it. */
import { changeTopics } from '@hybridge/infra-connect';
import { shopOnly } from '@hybridge/local-stack';
import { type Admin, Kafka, type Message, logLevel } from 'kafkajs';
import { changeMessages } from './change-events.ts';
import type { RowOperation, Workload } from './workload.ts';

export const PARTITIONS = 6;
/** Below the broker's limit of one record batch, 1 MiB, even if all of it goes to one partition. */
const MAX_SEND_BYTES = 900_000;
const MAX_SEND_MESSAGES = 2_000;

export interface ChangeTopic {
  readonly brokers: readonly string[];
  /** Before the source in the names of the topic and of those of the other captured tables, which stay empty. */
  readonly prefix: string;
  readonly topic: string;
  /** Records, the tombstones of Kafka included. */
  readonly records: number;
  /** The first operation of each partition: whoever starts, starts with one of these. */
  readonly heads: readonly RowOperation[];
}

export const partitionOf = ({ row }: Pick<RowOperation, 'row'>): number => row % PARTITIONS;

export const createKafka = (brokers: readonly string[]): Kafka =>
  new Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: logLevel.NOTHING });

/** Every key in one partition, in commit order. */
export async function fillTopic(
  brokers: readonly string[],
  { name, operations }: Pick<Workload, 'operations'> & { readonly name: string },
  signal: AbortSignal,
): Promise<ChangeTopic> {
  const prefix = `bench-${name}-`;
  const topic = `${prefix}shop.public.orders`;
  const kafka = createKafka(brokers);
  await createTopics(kafka, prefix);
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  let records = 0;
  try {
    for (const messages of sends(operations)) {
      signal.throwIfAborted();
      await producer.send({ topic, messages, acks: 1 });
      records += messages.length;
    }
  } finally {
    await producer.disconnect();
  }
  return { brokers, prefix, topic, records, heads: headsOf(operations) };
}

/** As they are provisioned everywhere, those of the other tables too. */
async function createTopics(kafka: Kafka, topicPrefix: string): Promise<void> {
  const { catalog } = shopOnly();
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: changeTopics({ catalog, topicPrefix, topics: { partitions: PARTITIONS } }).map((layout) => ({
        topic: layout.topic,
        numPartitions: layout.partitions,
        replicationFactor: layout.replication,
        configEntries: Object.entries(layout.config).map(([name, value]) => ({ name, value })),
      })),
    });
  } finally {
    await admin.disconnect();
  }
}

/** Records in commit order, as many at once as one call may carry. */
export function* sends(operations: readonly RowOperation[]): Generator<Message[]> {
  let messages: Message[] = [];
  let bytes = 0;
  for (const operation of operations) {
    for (const { key, value, headers } of changeMessages(operation)) {
      const size = key.length + (value?.length ?? 0) + 100;
      if (messages.length >= MAX_SEND_MESSAGES || (messages.length > 0 && bytes + size > MAX_SEND_BYTES)) {
        yield messages;
        messages = [];
        bytes = 0;
      }
      messages.push({ key, value, headers, partition: partitionOf(operation) });
      bytes += size;
    }
  }
  if (messages.length > 0) yield messages;
}

export function headsOf(operations: readonly RowOperation[]): readonly RowOperation[] {
  const heads = new Map<number, RowOperation>();
  for (const operation of operations) {
    if (!heads.has(partitionOf(operation))) heads.set(partitionOf(operation), operation);
    if (heads.size === PARTITIONS) break;
  }
  return [...heads.values()];
}

/** Records of the topic that the group has not committed yet. */
export async function recordsLeft(admin: Admin, topic: string, groupId: string): Promise<number> {
  const ends = await admin.fetchTopicOffsets(topic);
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const offsets = new Map(
    committed?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]),
  );
  return ends.reduce((left, { partition, high }) => left + Number(high) - (offsets.get(partition) ?? 0), 0);
}

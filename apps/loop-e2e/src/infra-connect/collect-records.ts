import { Kafka, logLevel } from 'kafkajs';

/** One record of a topic. */
export interface TopicRecord {
  readonly topic: string;
  /** JSON text; undefined of a truncate. */
  readonly key: string | undefined;
  /** JSON text; undefined of a tombstone. */
  readonly value: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Makes the topics, each of one partition, and hands over every record of theirs until it is disposed of. */
export async function collectRecords(
  brokers: readonly string[],
  topics: readonly string[],
  onRecord: (record: TopicRecord) => void,
): Promise<AsyncDisposable> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: topics.map((topic) => ({ topic, numPartitions: 1 })) });
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: 'lab' });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, message: { key, value, headers = {} } }) =>
      onRecord({
        topic,
        key: key?.toString(),
        value: value?.toString(),
        headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, header?.toString()])),
      }),
  });
  return { [Symbol.asyncDispose]: () => consumer.disconnect() };
}

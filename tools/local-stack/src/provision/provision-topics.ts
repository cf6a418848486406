/** The change topics in Kafka: there before the first record, so that readers find all of them at once. */
import type { ChangeTopic } from '@hybridge/infra-connect';
import { Kafka, logLevel } from 'kafkajs';
import type { Endpoints } from '../endpoints.ts';

/** Makes the topics that are not there yet. */
export async function provisionTopics(
  topics: readonly ChangeTopic[],
  { kafka }: Pick<Endpoints, 'kafka'>,
): Promise<void> {
  const admin = new Kafka({
    clientId: 'hybridge-provision',
    brokers: [...kafka.brokers],
    logLevel: logLevel.NOTHING,
  }).admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: topics.map(({ topic, partitions, replication, config }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      })),
    });
  } finally {
    await admin.disconnect();
  }
}

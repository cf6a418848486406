import type { Kafka } from 'kafkajs';
import { KafkaSourceError } from './errors.ts';

export interface TopicLayout {
  readonly topics: readonly string[];
  /** Per topic. Frozen afterwards: per-key order depends on it. */
  readonly partitions: number;
  readonly replicationFactor: number;
}

/**
 * Creates the change topics that are missing. A table without any row has no topic until its first change,
 * and a consumer that came first would create it with one partition.
 * @throws KafkaSourceError
 */
export async function ensureTopics(kafka: Kafka, layout: TopicLayout): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: layout.topics.map((topic) => ({
        topic,
        numPartitions: layout.partitions,
        replicationFactor: layout.replicationFactor,
      })),
    });
  } catch (cause) {
    throw new KafkaSourceError('HYBRIDGE_SOURCE_KAFKA_UNAVAILABLE', 'The change topics could not be prepared.', {
      cause,
    });
  } finally {
    await admin.disconnect();
  }
}

// Node does not see this name among the exports of a CommonJS module.
import kafkajs, { type Kafka } from 'kafkajs';
import { KafkaSourceError } from './errors.ts';

/** How a topic is set up. */
export interface TopicFacts {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** `retention.ms`, `segment.ms` and the like, defaults of the broker included. */
  readonly config: { readonly [name: string]: string };
}

/** Those of the topics that exist. @throws KafkaSourceError */
export async function readTopicFacts(kafka: Kafka, topics: readonly string[]): Promise<readonly TopicFacts[]> {
  const admin = kafka.admin({ retry: { retries: 1 } });
  try {
    await admin.connect();
    const known = new Set(await admin.listTopics());
    const names = topics.filter((topic) => known.has(topic));
    if (names.length === 0) return [];
    const { topics: found } = await admin.fetchTopicMetadata({ topics: names });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
    });
    return found.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.length,
      replicationFactor: partitions[0]?.replicas.length ?? 0,
      config: Object.fromEntries(
        (resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? []).map((entry) => [
          entry.configName,
          entry.configValue,
        ]),
      ),
    }));
  } catch (cause) {
    throw new KafkaSourceError('HYBRIDGE_SOURCE_KAFKA_UNAVAILABLE', 'Kafka does not answer.', { cause });
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

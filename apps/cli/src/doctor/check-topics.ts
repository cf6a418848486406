import { DEFAULT_LIMITS } from '@hybridge/protocol';
import type { TopicFacts } from '@hybridge/source-kafka';
import { topicConfig } from '@hybridge/setup';
import { type Finding, error, warning, when } from './finding.ts';

/** Change topics as they should be: there, alike, and with records that do not outlive tombstones. */
export function checkTopics(expected: readonly string[], found: readonly TopicFacts[]): readonly Finding[] {
  const counts = [...new Set(found.map(({ partitions }) => partitions))].sort((a, b) => a - b);
  return [
    ...expected.filter((topic) => !found.some((one) => one.topic === topic)).map((topic) => missingTopic(topic)),
    ...when(counts.length > 1, () =>
      warning('change topics', [
        'kafka.partitions',
        `they have ${counts.join(' and ')} partitions: those with fewer hold the others back`,
        'make topics alike before the first record; on a live view the count must stay as it is',
      ]),
    ),
    ...found.flatMap(checkTopic),
  ];
}

function missingTopic(topic: string): Finding {
  const { partitions, config } = topicConfig({});
  const settings = Object.entries(config).map(([name, value]) => `--config ${name}=${value}`);
  return warning(topic, [
    'kafka.topic',
    'the topic is not there: its first record would make it, as the broker likes',
    `kafka-topics.sh --create --topic ${topic} --partitions ${partitions} --replication-factor 3 ${settings.join(' ')}`,
  ]);
}

function checkTopic({ topic, replicationFactor, config }: TopicFacts): readonly Finding[] {
  const lifeMs = Number(config['retention.ms']) + Number(config['segment.ms']);
  const isEndless = Number(config['retention.ms']) < 0;
  const wanted = topicConfig({}).config;
  const set = `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config`;
  return [
    ...when(isEndless || lifeMs > DEFAULT_LIMITS.tombstoneTtlMs, () =>
      error(topic, [
        'kafka.retention',
        `a record may live ${isEndless ? 'for ever' : inDays(lifeMs)}, a tombstone ${inDays(DEFAULT_LIMITS.tombstoneTtlMs)}: ` +
          'read again, it would bring a deleted row back',
        `${set} retention.ms=${wanted['retention.ms']},segment.ms=${wanted['segment.ms']}`,
      ]),
    ),
    ...when(config['cleanup.policy'] !== undefined && config['cleanup.policy'] !== wanted['cleanup.policy'], () =>
      error(topic, [
        'kafka.cleanup',
        `cleanup.policy is ${config['cleanup.policy']}: old records stay for ever`,
        `${set} cleanup.policy=${wanted['cleanup.policy']}`,
      ]),
    ),
    ...when(replicationFactor === 1, () =>
      warning(topic, [
        'kafka.replication',
        'it is on one broker only: with its disk changes are lost',
        'three replicas (kafka-reassign-partitions.sh); one is enough on a developer’s machine',
      ]),
    ),
  ];
}

const inDays = (ms: number): string => `${Number((ms / 86_400_000).toFixed(1))} d`;

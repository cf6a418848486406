import { type Environment, parseConfig, setting } from '@hybridge/runtime';
import { z } from 'zod';

const schema = z.object({
  PROJECTOR_KAFKA_BROKERS: setting.list(),
  PROJECTOR_KAFKA_GROUP_ID: setting.text().default('projector'),
  PROJECTOR_TOPIC_PREFIX: setting.text().default('shop'),
  PROJECTOR_TOPIC_PARTITIONS: setting.integer(1, 1000).default(6),
  PROJECTOR_TOPIC_REPLICATION: setting.integer(1, 10).default(1),
  PROJECTOR_DYNAMODB_ENDPOINT: setting.url().optional(),
  PROJECTOR_TABLE_NAME: setting.text().default('hybridge-views'),
  PROJECTOR_AWS_REGION: setting.text().default('us-east-1'),
  PROJECTOR_SQL_URL: setting.url(),
  PROJECTOR_CONCURRENCY: setting.integer(1, 1000).default(32),
  PROJECTOR_PORT: setting.port().default(9101),
  PROJECTOR_HOST: setting.text().default('127.0.0.1'),
  PROJECTOR_LOG_LEVEL: setting.text().default('info'),
});

export type ProjectorConfig = ReturnType<typeof readConfig>;

/** @throws ConfigError with every problem at once */
export function readConfig(environment: Environment = process.env) {
  const env = parseConfig('projector', schema, environment);
  return {
    kafka: {
      brokers: env.PROJECTOR_KAFKA_BROKERS,
      groupId: env.PROJECTOR_KAFKA_GROUP_ID,
      topicPrefix: env.PROJECTOR_TOPIC_PREFIX,
      partitions: env.PROJECTOR_TOPIC_PARTITIONS,
      replicationFactor: env.PROJECTOR_TOPIC_REPLICATION,
    },
    dynamodb: {
      region: env.PROJECTOR_AWS_REGION,
      endpoint: env.PROJECTOR_DYNAMODB_ENDPOINT,
      tableName: env.PROJECTOR_TABLE_NAME,
    },
    sqlUrl: env.PROJECTOR_SQL_URL,
    /** Items written side by side. */
    concurrency: env.PROJECTOR_CONCURRENCY,
    operations: { port: env.PROJECTOR_PORT, host: env.PROJECTOR_HOST },
    logLevel: env.PROJECTOR_LOG_LEVEL,
  };
}

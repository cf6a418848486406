import { catalog } from '@hybridge/definitions';
import type { Source } from '@hybridge/views';
import { type Environment, parseConfig, readSourceUrls, setting } from '@hybridge/runtime';
import { z } from 'zod';

const schema = z.object({
  PROJECTOR_KAFKA_BROKERS: setting.list(),
  PROJECTOR_KAFKA_GROUP_ID: setting.text().default('projector'),
  PROJECTOR_TOPIC_PREFIX: z.string().default(''),
  PROJECTOR_TOPIC_PARTITIONS: setting.integer(1, 1000).default(6),
  PROJECTOR_TOPIC_REPLICATION: setting.integer(1, 10).default(1),
  PROJECTOR_DYNAMODB_ENDPOINT: setting.url().optional(),
  PROJECTOR_TABLE_NAME: setting.text().default('hybridge-views'),
  PROJECTOR_AWS_REGION: setting.text().default('us-east-1'),
  PROJECTOR_CONCURRENCY: setting.integer(1, 1000).default(256),
  PROJECTOR_MAX_CALLS: setting.integer(1, 100).default(8),
  PROJECTOR_MAX_PENDING_BYTES: setting.integer(1024, 1024 ** 3).default(8 * 1024 ** 2),
  PROJECTOR_MAX_PARKED_KEYS: setting.integer(0, 100_000).default(100),
  PROJECTOR_INLINE_FANOUT: setting.integer(0, 10_000).default(100),
  PROJECTOR_FANOUT_ITEMS_PER_SECOND: setting.integer(1, 100_000).default(500),
  PROJECTOR_TRUNCATE_DELIVERY_MS: setting.integer(0, 86_400_000).default(180_000),
  PROJECTOR_TRUNCATE_INTERVAL_MS: setting.integer(10, 3_600_000).default(10_000),
  PROJECTOR_SKIP_UNCHANGED_TABLES: setting.list().optional(),
  PROJECTOR_FIRST_LOAD: z.enum(['ordinary', 'bulk']).default('ordinary'),
  PROJECTOR_LOAD_LEASE_MS: setting.integer(1_000, 60_000).default(15_000),
  PROJECTOR_LOAD_GRACE_MS: setting.integer(1_000, 3_600_000).default(360_000),
  PROJECTOR_PORT: setting.port().default(9101),
  PROJECTOR_HOST: setting.text().default('127.0.0.1'),
  PROJECTOR_LOG_LEVEL: setting.text().default('info'),
});

export type ProjectorConfig = ReturnType<typeof readConfig>;

/** Where there is one source, tables need not name it. */
const withSource =
  ([only, ...others]: readonly Source[]) =>
  (table: string): string =>
    only === undefined || others.length > 0 || table.startsWith(`${only.name}.`) ? table : `${only.name}.${table}`;

/** A table of no source would be passed over without a word. */
function tableProblems(environment: Environment, sources: readonly Source[]): readonly string[] {
  const tables = (environment['PROJECTOR_SKIP_UNCHANGED_TABLES'] ?? '').split(',').map((table) => table.trim());
  const isOfNone = (table: string): boolean => !sources.some(({ name }) => table.startsWith(`${name}.`));
  return tables
    .filter((table) => table !== '' && isOfNone(withSource(sources)(table)))
    .map(
      (table) => `PROJECTOR_SKIP_UNCHANGED_TABLES names "${table}", which is of no source: write source.schema.table`,
    );
}

/** @throws ConfigError with every problem at once */
export function readConfig(environment: Environment = process.env, sources: readonly Source[] = catalog.sources) {
  const sql = readSourceUrls('PROJECTOR_SQL_URL', sources, environment);
  const env = parseConfig('projector', schema, environment, [...sql.problems, ...tableProblems(environment, sources)]);
  return {
    kafka: {
      brokers: env.PROJECTOR_KAFKA_BROKERS,
      groupId: env.PROJECTOR_KAFKA_GROUP_ID,
      /** Before the names of the sources, for several installations on one Kafka. */
      topicPrefix: env.PROJECTOR_TOPIC_PREFIX,
      partitions: env.PROJECTOR_TOPIC_PARTITIONS,
      replicationFactor: env.PROJECTOR_TOPIC_REPLICATION,
    },
    dynamodb: {
      region: env.PROJECTOR_AWS_REGION,
      endpoint: env.PROJECTOR_DYNAMODB_ENDPOINT,
      tableName: env.PROJECTOR_TABLE_NAME,
    },
    /** By name of the source. */
    sqlUrls: sql.urls,
    /** Items written side by side. */
    concurrency: env.PROJECTOR_CONCURRENCY,
    /** Batches of writes under way side by side. */
    maxCalls: env.PROJECTOR_MAX_CALLS,
    /** Bytes of records in hand before no more are fetched. */
    maxPendingBytes: env.PROJECTOR_MAX_PENDING_BYTES,
    /** Keys parked at a time before a partition halts instead. */
    maxParked: env.PROJECTOR_MAX_PARKED_KEYS,
    fanOut: {
      /** Rows that embed a row and are told of its change before that is done with; more of them are left to a job. */
      inline: env.PROJECTOR_INLINE_FANOUT,
      /** Writes by which this projector's jobs tell such rows, per second. */
      itemsPerSecond: env.PROJECTOR_FANOUT_ITEMS_PER_SECOND,
    },
    truncate: {
      /** Longest way of a record to its partition: the connector's `delivery.timeout.ms` and a margin. */
      deliveryMs: env.PROJECTOR_TRUNCATE_DELIVERY_MS,
      intervalMs: env.PROJECTOR_TRUNCATE_INTERVAL_MS,
    },
    /** `source.schema.table` of those with REPLICA IDENTITY FULL whose views are loaded. */
    skipUnchangedTables: (env.PROJECTOR_SKIP_UNCHANGED_TABLES ?? []).map(withSource(sources)),
    load: {
      /** Whether a table that nobody was served from is loaded by unconditional puts. */
      bulk: env.PROJECTOR_FIRST_LOAD === 'bulk',
      /** How long the right to load lasts without being renewed; the same for all projectors of a table. */
      leaseMs: env.PROJECTOR_LOAD_LEASE_MS,
      /** Longest time in which a put without an answer may still take effect: five minutes, and a margin for clocks. */
      graceMs: env.PROJECTOR_LOAD_GRACE_MS,
    },
    operations: { port: env.PROJECTOR_PORT, host: env.PROJECTOR_HOST },
    logLevel: env.PROJECTOR_LOG_LEVEL,
  };
}

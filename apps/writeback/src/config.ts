import { catalog } from '@hybridge/definitions';
import { type Environment, parseConfig, readSourceUrls, setting } from '@hybridge/runtime';
import type { Source } from '@hybridge/views';
import { z } from 'zod';

/** 30 days. */
const LONGEST_WAIT_MS = 2_592_000_000;

const schema = z.object({
  WRITEBACK_SQS_ENDPOINT: setting.url().optional(),
  WRITEBACK_DYNAMODB_ENDPOINT: setting.url().optional(),
  WRITEBACK_TABLE_NAME: setting.text().default('hybridge-views'),
  WRITEBACK_AWS_REGION: setting.text().default('us-east-1'),
  WRITEBACK_CONCURRENCY: setting.integer(1, 200).default(8),
  WRITEBACK_RESIGNAL_AFTER_MS: setting.milliseconds().default(30_000),
  WRITEBACK_EXPIRE_AFTER_MS: setting.milliseconds(60_000, LONGEST_WAIT_MS).default(86_400_000),
  WRITEBACK_REJECT_AFTER_MS: setting.milliseconds(0, LONGEST_WAIT_MS).default(3_600_000),
  WRITEBACK_PORT: setting.port().default(9103),
  WRITEBACK_HOST: setting.text().default('127.0.0.1'),
  WRITEBACK_LOG_LEVEL: setting.text().default('info'),
});

export type WritebackConfig = ReturnType<typeof readConfig>;

/** @throws ConfigError with every problem at once */
export function readConfig(environment: Environment = process.env, sources: readonly Source[] = catalog.sources) {
  const queues = readSourceUrls('WRITEBACK_QUEUE_URL', sources, environment, { of: 'others' });
  const sql = readSourceUrls('WRITEBACK_SQL_URL', sources, environment);
  const env = parseConfig('writeback', schema, environment, [...queues.problems, ...sql.problems]);
  return {
    sqs: { region: env.WRITEBACK_AWS_REGION, endpoint: env.WRITEBACK_SQS_ENDPOINT },
    /** The queue with the commands for each source, by its name. */
    queueUrls: queues.urls,
    /** The database of each source, by its name. */
    sqlUrls: sql.urls,
    dynamodb: {
      region: env.WRITEBACK_AWS_REGION,
      endpoint: env.WRITEBACK_DYNAMODB_ENDPOINT,
      tableName: env.WRITEBACK_TABLE_NAME,
    },
    /** Items whose changes are applied side by side, of each source; also the SQL connections. */
    concurrency: env.WRITEBACK_CONCURRENCY,
    /** A command sent this long after SQL's answer still waits for it: the answer is signalled again. */
    resignalAfterMs: env.WRITEBACK_RESIGNAL_AFTER_MS,
    /** A change nobody answered for this long is refused as EXPIRED. */
    expireAfterMs: env.WRITEBACK_EXPIRE_AFTER_MS,
    /** A change that fails for an unknown reason for this long is refused as POISON. */
    rejectAfterMs: env.WRITEBACK_REJECT_AFTER_MS,
    operations: { port: env.WRITEBACK_PORT, host: env.WRITEBACK_HOST },
    logLevel: env.WRITEBACK_LOG_LEVEL,
  };
}

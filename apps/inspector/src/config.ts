import { catalog } from '@hybridge/definitions';
import { type Environment, parseConfig, readSourceUrls, setting } from '@hybridge/runtime';
import { z } from 'zod';

const schema = z.object({
  INSPECTOR_DYNAMODB_ENDPOINT: setting.url().optional(),
  INSPECTOR_TABLE_NAME: setting.text().default('hybridge-views'),
  INSPECTOR_EVENTBRIDGE_ENDPOINT: setting.url().optional(),
  INSPECTOR_EVENT_BUS_NAME: setting.text().default('hybridge'),
  INSPECTOR_AWS_REGION: setting.text().default('us-east-1'),
  INSPECTOR_SWEEP_AGE_MS: setting.milliseconds(1_000).default(300_000),
  INSPECTOR_INTERVAL_MS: setting.milliseconds(1_000).default(3_600_000),
  INSPECTOR_SWEEP_INTERVAL_MS: setting.milliseconds(100).default(60_000),
  INSPECTOR_PORT: setting.port().default(9105),
  INSPECTOR_HOST: setting.text().default('127.0.0.1'),
  INSPECTOR_LOG_LEVEL: setting.text().default('info'),
});

export type InspectorConfig = ReturnType<typeof readConfig>;

/** @throws ConfigError with every problem at once */
export function readConfig(environment: Environment = process.env) {
  const sql = readSourceUrls('INSPECTOR_SQL_URL', catalog.sources, environment);
  const env = parseConfig('inspector', schema, environment, sql.problems);
  const region = env.INSPECTOR_AWS_REGION;
  return {
    dynamodb: { region, ...endpoint(env.INSPECTOR_DYNAMODB_ENDPOINT) },
    tableName: env.INSPECTOR_TABLE_NAME,
    /** By name of the source. */
    sqlUrls: sql.urls,
    eventBridge: { region, ...endpoint(env.INSPECTOR_EVENTBRIDGE_ENDPOINT) },
    busName: env.INSPECTOR_EVENT_BUS_NAME,
    /** Pending changes older than this are sent again. */
    sweepAgeMs: env.INSPECTOR_SWEEP_AGE_MS,
    /** From the end of one comparison to the next. */
    intervalMs: env.INSPECTOR_INTERVAL_MS,
    sweepIntervalMs: env.INSPECTOR_SWEEP_INTERVAL_MS,
    operations: { port: env.INSPECTOR_PORT, host: env.INSPECTOR_HOST },
    logLevel: env.INSPECTOR_LOG_LEVEL,
  };
}

const endpoint = (url: string | undefined) => (url === undefined ? {} : { endpoint: url });

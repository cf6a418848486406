import { type Environment, parseConfig, setting } from '@hybridge/runtime';
import { z } from 'zod';

const schema = z.object({
  VIEW_API_HTTP_PORT: setting.port().default(8080),
  VIEW_API_HTTP_HOST: setting.text().default('127.0.0.1'),
  VIEW_API_DYNAMODB_ENDPOINT: setting.url().optional(),
  VIEW_API_TABLE_NAME: setting.text().default('hybridge-views'),
  VIEW_API_AWS_REGION: setting.text().default('us-east-1'),
  VIEW_API_SQL_URL: setting.url(),
  VIEW_API_PORT: setting.port().default(9104),
  VIEW_API_HOST: setting.text().default('127.0.0.1'),
  VIEW_API_LOG_LEVEL: setting.text().default('info'),
});

export type ViewApiConfig = ReturnType<typeof readConfig>;

/** @throws ConfigError with every problem at once */
export function readConfig(environment: Environment = process.env) {
  const env = parseConfig('view-api', schema, environment);
  return {
    /** Where customers' services call. */
    http: { port: env.VIEW_API_HTTP_PORT, host: env.VIEW_API_HTTP_HOST },
    dynamodb: {
      region: env.VIEW_API_AWS_REGION,
      endpoint: env.VIEW_API_DYNAMODB_ENDPOINT,
      tableName: env.VIEW_API_TABLE_NAME,
    },
    sqlUrl: env.VIEW_API_SQL_URL,
    operations: { port: env.VIEW_API_PORT, host: env.VIEW_API_HOST },
    logLevel: env.VIEW_API_LOG_LEVEL,
  };
}

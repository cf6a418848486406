import { type Environment, parseConfig, setting } from '@hybridge/runtime';
import { z } from 'zod';
import { CliError } from './errors.ts';

const schema = z.object({
  HYBRIDGE_SQL_URL: setting.url().optional(),
  HYBRIDGE_DYNAMODB_ENDPOINT: setting.url().optional(),
  HYBRIDGE_TABLE_NAME: setting.text().default('hybridge-views'),
  HYBRIDGE_AWS_REGION: setting.text().default('us-east-1'),
  HYBRIDGE_APP_URLS: setting.list().pipe(z.array(z.url())).optional(),
});

export type CliConfig = ReturnType<typeof readConfig>;

/** Flags that stand above the environment, as commander names them. */
export interface ConnectionFlags {
  readonly sqlUrl?: string;
  readonly dynamodbEndpoint?: string;
  readonly table?: string;
  readonly region?: string;
  /** Operations addresses of apps. */
  readonly app?: readonly string[];
}

/** @throws ConfigError with every problem at once */
export function readConfig(flags: ConnectionFlags, environment: Environment) {
  const env = parseConfig('hybridge', schema, { ...environment, ...given(flags) });
  const endpoint = env.HYBRIDGE_DYNAMODB_ENDPOINT;
  return {
    dynamodb: { region: env.HYBRIDGE_AWS_REGION, ...(endpoint === undefined ? {} : { endpoint }) },
    tableName: env.HYBRIDGE_TABLE_NAME,
    sqlUrl: env.HYBRIDGE_SQL_URL,
    appUrls: env.HYBRIDGE_APP_URLS ?? [],
  };
}

/** @throws CliError */
export function sqlUrlOf({ sqlUrl }: CliConfig): string {
  if (sqlUrl !== undefined) return sqlUrl;
  throw new CliError('The source database is not named: set HYBRIDGE_SQL_URL or give --sql-url.');
}

function given(flags: ConnectionFlags): Environment {
  const named: Environment = {
    HYBRIDGE_SQL_URL: flags.sqlUrl,
    HYBRIDGE_DYNAMODB_ENDPOINT: flags.dynamodbEndpoint,
    HYBRIDGE_TABLE_NAME: flags.table,
    HYBRIDGE_AWS_REGION: flags.region,
    HYBRIDGE_APP_URLS: flags.app?.join(','),
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

export const environmentOf = (): Environment => process.env;

import { catalog } from '@hybridge/definitions';
import { type Environment, parseConfig, readSourceUrls, setting, sourceSettingName } from '@hybridge/runtime';
import type { AnyView, Source } from '@hybridge/views';
import { z } from 'zod';
import { CliError } from './errors.ts';

const SQL_URL = 'HYBRIDGE_SQL_URL';

const schema = z.object({
  HYBRIDGE_DYNAMODB_ENDPOINT: setting.url().optional(),
  HYBRIDGE_TABLE_NAME: setting.text().default('hybridge-views'),
  HYBRIDGE_AWS_REGION: setting.text().default('us-east-1'),
  HYBRIDGE_APP_URLS: setting.list().pipe(z.array(z.url())).optional(),
});

export type CliConfig = ReturnType<typeof readConfig>;

/** Flags that stand above the environment, as commander names them. */
export interface ConnectionFlags {
  /** `url`, or `source=url` for one of several. */
  readonly sqlUrl?: readonly string[];
  readonly dynamodbEndpoint?: string;
  readonly table?: string;
  readonly region?: string;
  /** Operations addresses of apps. */
  readonly app?: readonly string[];
}

/** @throws ConfigError with every problem at once */
export function readConfig(flags: ConnectionFlags, environment: Environment) {
  const settings = withSqlUrls({ ...environment, ...given(flags) }, flags.sqlUrl ?? []);
  const sql = readSourceUrls(SQL_URL, catalog.sources, settings, { optional: true });
  const env = parseConfig('hybridge', schema, settings, sql.problems);
  const endpoint = env.HYBRIDGE_DYNAMODB_ENDPOINT;
  return {
    dynamodb: { region: env.HYBRIDGE_AWS_REGION, ...(endpoint === undefined ? {} : { endpoint }) },
    tableName: env.HYBRIDGE_TABLE_NAME,
    /** Those that are named, by source. */
    sqlUrls: sql.urls,
    appUrls: env.HYBRIDGE_APP_URLS ?? [],
  };
}

/**
 * The databases of these views, by source.
 * @throws CliError naming those that are missing
 */
export function sqlUrlsOf({ sqlUrls }: CliConfig, views: readonly AnyView[]): ReadonlyMap<string, string> {
  const missing = sourcesOf(views).filter(({ name }) => !sqlUrls.has(name));
  if (missing.length === 0) return sqlUrls;
  const isOnly = catalog.sources.length === 1;
  const fixes = missing.map(({ name }) =>
    isOnly ? `${SQL_URL} or give --sql-url` : `${sourceSettingName(SQL_URL, name)} or give --sql-url ${name}=…`,
  );
  throw new CliError(`The source database is not named: set ${fixes.join('; ')}.`);
}

/** The sources of these views, each once. */
export const sourcesOf = (views: readonly AnyView[]): readonly Source[] =>
  catalog.sources.filter(({ name }) => views.some(({ table }) => table.source.name === name));

const NAMED = /^([a-z][a-z0-9-]*)=(.*)$/;

/** Flags in the place of what the environment says of the same source. */
function withSqlUrls(environment: Environment, flags: readonly string[]): Environment {
  const settings: Record<string, string | undefined> = { ...environment };
  for (const flag of flags) {
    const [, source, url = flag] = NAMED.exec(flag) ?? [];
    const own = source === undefined ? undefined : sourceSettingName(SQL_URL, source);
    if (own === undefined || catalog.sources.length === 1) delete settings[SQL_URL];
    if (own === undefined) for (const { name } of catalog.sources) delete settings[sourceSettingName(SQL_URL, name)];
    settings[own ?? SQL_URL] = url;
  }
  return settings;
}

function given(flags: ConnectionFlags): Environment {
  const named: Environment = {
    HYBRIDGE_DYNAMODB_ENDPOINT: flags.dynamodbEndpoint,
    HYBRIDGE_TABLE_NAME: flags.table,
    HYBRIDGE_AWS_REGION: flags.region,
    HYBRIDGE_APP_URLS: flags.app?.join(','),
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

export const environmentOf = (): Environment => process.env;

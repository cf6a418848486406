import type { SqlBudgetOptions } from '@hybridge/reader-sql';
import { catalog } from '@hybridge/definitions';
import { type Environment, parseConfig, readSourceUrls, setting } from '@hybridge/runtime';
import { DEFAULT_SQL_BUDGET } from '@hybridge/sdk';
import { z } from 'zod';
import type { TokenRules } from './auth/authenticate.ts';
import { DEFAULT_LIMITS } from './limits.ts';

/** HS256 is as strong as its secret: RFC 7518 asks for no fewer bytes than the hash has. */
const MIN_SECRET_LENGTH = 32;

const schema = z
  .object({
    VIEW_API_HTTP_PORT: setting.port().default(8080),
    VIEW_API_HTTP_HOST: setting.text().default('127.0.0.1'),
    VIEW_API_DYNAMODB_ENDPOINT: setting.url().optional(),
    VIEW_API_TABLE_NAME: setting.text().default('hybridge-views'),
    VIEW_API_AWS_REGION: setting.text().default('us-east-1'),
    VIEW_API_SQL_QUERIES_PER_SECOND: setting.integer(1, 100_000).default(DEFAULT_SQL_BUDGET.queriesPerSecond),
    VIEW_API_SQL_CONCURRENCY: setting.integer(1, 10).default(DEFAULT_SQL_BUDGET.concurrency),
    VIEW_API_JWT_ISSUER: z.string('expected the "iss" of the tokens').min(1),
    VIEW_API_JWT_AUDIENCE: z.string('expected the "aud" of the tokens').min(1),
    VIEW_API_JWKS_URL: setting.url().optional(),
    VIEW_API_JWT_SECRET: z.string().optional(),
    VIEW_API_RATE_LIMIT_PER_MINUTE: setting.integer(1, 1_000_000).default(DEFAULT_LIMITS.callerPerMinute),
    VIEW_API_ADDRESS_RATE_LIMIT_PER_MINUTE: setting.integer(1, 1_000_000).default(DEFAULT_LIMITS.addressPerMinute),
    VIEW_API_MAX_STREAMS: setting.integer(0, 100_000).default(DEFAULT_LIMITS.streams),
    VIEW_API_TRUSTED_PROXIES: setting.integer(0, 10).default(DEFAULT_LIMITS.trustedProxies),
    VIEW_API_PORT: setting.port().default(9104),
    VIEW_API_HOST: setting.text().default('127.0.0.1'),
    VIEW_API_LOG_LEVEL: setting.text().default('info'),
  })
  .superRefine((env, context) => {
    const problem = keyProblem(env);
    // Without a path, so that no message repeats the secret.
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

export type ViewApiConfig = ReturnType<typeof readConfig>;

/** A SQL server, and what this process may ask of it. */
export interface SqlSettings {
  readonly url: string;
  readonly budget: Pick<SqlBudgetOptions, 'queriesPerSecond' | 'concurrency'>;
}

export interface SourceSettings {
  readonly primary: SqlSettings;
  /** A hot standby that fills read from. */
  readonly replica: SqlSettings | undefined;
}

const replicaOf = (url: string | undefined, budget: SqlSettings['budget']): SqlSettings | undefined =>
  url === undefined ? undefined : { url, budget };

/** @throws ConfigError with every problem at once */
export function readConfig(environment: Environment = process.env) {
  const primaries = readSourceUrls('VIEW_API_SQL_URL', catalog.sources, environment);
  const replicas = readSourceUrls('VIEW_API_SQL_REPLICA_URL', catalog.sources, environment, { optional: true });
  const env = parseConfig('view-api', schema, environment, [...primaries.problems, ...replicas.problems]);
  const budget = { queriesPerSecond: env.VIEW_API_SQL_QUERIES_PER_SECOND, concurrency: env.VIEW_API_SQL_CONCURRENCY };
  return {
    /** Where customers' services call. */
    http: { port: env.VIEW_API_HTTP_PORT, host: env.VIEW_API_HTTP_HOST },
    dynamodb: {
      region: env.VIEW_API_AWS_REGION,
      endpoint: env.VIEW_API_DYNAMODB_ENDPOINT,
      tableName: env.VIEW_API_TABLE_NAME,
    },
    /** Servers of each source, by its name; every one with a budget of its own. */
    sources: new Map(
      [...primaries.urls].map(([source, url]): [string, SourceSettings] => [
        source,
        { primary: { url, budget }, replica: replicaOf(replicas.urls.get(source), budget) },
      ]),
    ),
    tokens: {
      issuer: env.VIEW_API_JWT_ISSUER,
      audience: env.VIEW_API_JWT_AUDIENCE,
      keys: keysOf(env),
    },
    limits: {
      callerPerMinute: env.VIEW_API_RATE_LIMIT_PER_MINUTE,
      addressPerMinute: env.VIEW_API_ADDRESS_RATE_LIMIT_PER_MINUTE,
      streams: env.VIEW_API_MAX_STREAMS,
      trustedProxies: env.VIEW_API_TRUSTED_PROXIES,
    },
    operations: { port: env.VIEW_API_PORT, host: env.VIEW_API_HOST },
    logLevel: env.VIEW_API_LOG_LEVEL,
  };
}

interface KeySettings {
  readonly VIEW_API_JWKS_URL?: string | undefined;
  readonly VIEW_API_JWT_SECRET?: string | undefined;
}

/** There is no way to run without authentication, and no way to accept both kinds of keys. */
function keyProblem({ VIEW_API_JWKS_URL: url, VIEW_API_JWT_SECRET: secret }: KeySettings): string | undefined {
  if (url === undefined && secret === undefined) {
    return 'nothing says who signs tokens. Set VIEW_API_JWKS_URL to the key set of your identity provider, or VIEW_API_JWT_SECRET for local use.';
  }
  if (url !== undefined && secret !== undefined) {
    return 'VIEW_API_JWKS_URL and VIEW_API_JWT_SECRET are both set. Remove one of them.';
  }
  if (secret !== undefined && secret.length < MIN_SECRET_LENGTH) {
    return `VIEW_API_JWT_SECRET is shorter than ${MIN_SECRET_LENGTH} characters. Use a longer random one.`;
  }
  return url !== undefined && !isSafe(new URL(url))
    ? 'VIEW_API_JWKS_URL must be https, or http on this machine: who can change the keys can be anybody.'
    : undefined;
}

const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));

const keysOf = ({ VIEW_API_JWKS_URL: jwksUrl, VIEW_API_JWT_SECRET: secret }: KeySettings): TokenRules['keys'] =>
  jwksUrl === undefined ? { secret: secret ?? '' } : { jwksUrl };

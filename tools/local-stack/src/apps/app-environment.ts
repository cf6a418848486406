/** What each app is told about the stack: its environment variables, made from the endpoints in one place. */
import { sourceSettingName } from '@hybridge/runtime';
import type { DatabaseKind, Endpoints } from '../endpoints.ts';
import { LOCAL_AUDIENCE, LOCAL_ISSUER } from './local-tokens.ts';

/** The apps that can be started beside a stack, in start order. */
export const AppName = {
  projector: 'projector',
  streamPipe: 'stream-pipe',
  writeback: 'writeback',
  viewApi: 'view-api',
  inspector: 'inspector',
} as const;
export type AppName = (typeof AppName)[keyof typeof AppName];

/** The four apps of the loop. */
export const loopApps: readonly AppName[] = [AppName.projector, AppName.streamPipe, AppName.writeback, AppName.viewApi];

/** What provisioning made, as far as apps must know it; what is left out has the default name of the apps. */
export type AppResources = {
  readonly queueUrl: string;
  /** Of the writeback, by source; default one for the only source. */
  readonly queueUrls?: Readonly<Record<string, string>>;
  readonly tableName?: string;
  readonly checkpointTableName?: string;
  readonly eventBusName?: string;
  /** The sources of the catalog, and the databases they are in; default one in PostgreSQL. */
  readonly sources?: readonly { readonly name: string; readonly kind: DatabaseKind }[];
  /** Role that the apps use in SQL; default the password of the same name. */
  readonly sqlUser?: string;
};

export type AppPorts = {
  /** `/health` and `/metrics` of each app. */
  readonly operations: Readonly<Record<AppName, number>>;
  /** HTTP interface of view-api. */
  readonly http: number;
};

export type AppSettings = Readonly<Record<string, string>>;

/** The full environment of one app: credentials, addresses, ports. Nothing of ours is inherited but the path. */
export function environmentOf(
  name: AppName,
  stack: {
    readonly endpoints: Endpoints;
    readonly resources: AppResources;
    readonly ports: AppPorts;
    /** Signs the tokens of view-api's callers. */
    readonly jwtSecret: string;
  },
): AppSettings {
  const { endpoints, ports } = stack;
  const prefix = name.toUpperCase().replaceAll('-', '_');
  const settings = { PORT: String(ports.operations[name]), AWS_REGION: endpoints.region, ...settingsOf(name, stack) };
  return {
    AWS_ACCESS_KEY_ID: endpoints.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoints.credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...Object.fromEntries(
      Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[`${prefix}_${key}`, value]])),
    ),
  };
}

type Settings = Readonly<Record<string, string | undefined>>;

/** Nobody's share of a machine that is all theirs. */
const RATE_LIMIT_PER_MINUTE = '1000000';

function settingsOf(name: AppName, stack: Parameters<typeof environmentOf>[1]): Settings {
  const { endpoints, resources, ports, jwtSecret } = stack;
  const views = { DYNAMODB_ENDPOINT: endpoints.dynamodb.endpoint, TABLE_NAME: resources.tableName };
  const bus = { EVENTBRIDGE_ENDPOINT: endpoints.aws.endpoint, EVENT_BUS_NAME: resources.eventBusName };
  const sql = sqlSettings(endpoints, resources);
  switch (name) {
    case 'projector':
      return { ...views, ...sql, KAFKA_BROKERS: endpoints.kafka.brokers.join(',') };
    case 'stream-pipe':
      return { ...views, ...bus, CHECKPOINT_TABLE_NAME: resources.checkpointTableName };
    case 'writeback':
      return { ...views, ...sql, SQS_ENDPOINT: endpoints.aws.endpoint, ...queueSettings(resources) };
    case 'view-api':
      return {
        ...views,
        ...sql,
        HTTP_PORT: String(ports.http),
        JWT_SECRET: jwtSecret,
        JWT_ISSUER: LOCAL_ISSUER,
        JWT_AUDIENCE: LOCAL_AUDIENCE,
        RATE_LIMIT_PER_MINUTE,
        ADDRESS_RATE_LIMIT_PER_MINUTE: RATE_LIMIT_PER_MINUTE,
      };
    case 'inspector':
      return { ...views, ...bus, ...sql };
  }
}

/** Each database under the name of its source, or the only one under the plain name. */
function sqlSettings(endpoints: Endpoints, { sources = [], sqlUser = 'hybridge_app' }: AppResources): AppSettings {
  if (sources.length < 2) return { SQL_URL: sqlUrl(endpoints, sources[0]?.kind ?? 'postgres', sqlUser) };
  const entries = sources.map(({ name, kind }) => [
    sourceSettingName('SQL_URL', name),
    sqlUrl(endpoints, kind, sqlUser),
  ]);
  return Object.fromEntries(entries) as AppSettings;
}

/** Each queue under the name of its source, or the only one under the plain name. */
function queueSettings({ queueUrl, queueUrls = {} }: AppResources): AppSettings {
  const entries = Object.entries(queueUrls);
  if (entries.length < 2) return { QUEUE_URL: queueUrl };
  return Object.fromEntries(entries.map(([source, url]) => [sourceSettingName('QUEUE_URL', source), url]));
}

/** Locally every role's password is its name. */
function sqlUrl(endpoints: Endpoints, kind: DatabaseKind, role: string): string {
  const { host, port, database } = endpoints[kind];
  return `${kind}://${role}:${role}@${host}:${port}/${database}`;
}

/** From empty components to a stack that the apps can start on. */
import {
  DEFAULT_CONNECTOR_NAME,
  DEFAULT_SLOT,
  DEFAULT_TOPIC_PREFIX,
  changeTopics,
  connectorConfig,
  registerConnector,
} from '@hybridge/infra-connect';
import type { ConnectorOptions } from '@hybridge/infra-connect';
import type { ResourceNames } from '@hybridge/infra-platform';
import { synthTemplates } from '@hybridge/infra-services';
import { SqlRole, createDemo, ensureAccess, ensurePublication, isSlotActive, migrate } from '@hybridge/infra-sql';
import type { DemoOptions } from '@hybridge/infra-sql';
import type { Endpoints } from '../endpoints.ts';
import { provisionAws } from './provision-aws.ts';
import type { ProvisionedAws } from './provision-aws.ts';
import { provisionTopics } from './provision-topics.ts';

/** In the order in which they begin; `aws` and `topics` run beside the others. */
export const ProvisionStep = {
  aws: 'aws',
  topics: 'topics',
  migrations: 'migrations',
  demo: 'demo',
  publication: 'publication',
  connector: 'connector',
} as const;
export type ProvisionStep = (typeof ProvisionStep)[keyof typeof ProvisionStep];

export type ProvisionState = 'started' | 'done' | 'failed';

export type ProvisionOptions = {
  /** The views: which tables are captured, and what the apps may do with them. */
  readonly catalog: ConnectorOptions['catalog'];
  /** Size of the demo database; false for a database that the caller has filled. Default `default`. */
  readonly demo?: NonNullable<DemoOptions['size']> | false;
  readonly names?: Partial<ResourceNames>;
  /** Default `shop`. */
  readonly topicPrefix?: string;
  readonly topics?: NonNullable<ConnectorOptions['topics']>;
  readonly epoch?: number;
  readonly signal?: AbortSignal;
  /** `ms` counts from the start of the step; 0 when it starts. */
  readonly onProgress?: (step: ProvisionStep, state: ProvisionState, ms: number) => void;
};

export type Provisioned = {
  readonly aws: ProvisionedAws;
  readonly sql: {
    readonly adminUrl: string;
    /** Role `hybridge_app`: writeback, fills, inspector. */
    readonly appUrl: string;
    /** Role `hybridge_capture`. */
    readonly captureUrl: string;
  };
  readonly kafka: { readonly brokers: readonly string[]; readonly topicPrefix: string };
  readonly connector: { readonly name: string; readonly slot: string };
};

/**
 * Makes roles, inbox, demo data, publication, topics, tables, bus, rule, queues and connector; resolves when changes are being
 * captured. May be called again on the same stack. The first failure ends the other steps.
 *
 * @throws SqlSetupError, ConnectError, ProvisionError, or the signal's reason.
 */
export async function provision(endpoints: Endpoints, options: ProvisionOptions): Promise<Provisioned> {
  const failure = new AbortController();
  const signal = options.signal === undefined ? failure.signal : AbortSignal.any([options.signal, failure.signal]);
  const context: Context = {
    endpoints,
    options,
    signal,
    urls: urlsOf(endpoints),
    topicPrefix: options.topicPrefix ?? DEFAULT_TOPIC_PREFIX,
  };
  const branches = [startAws(context), startCapture(context)] as const;
  for (const branch of branches) branch.catch((error: unknown) => failure.abort(error));
  await Promise.allSettled(branches);
  signal.throwIfAborted();
  return {
    aws: await branches[0],
    sql: context.urls,
    kafka: { brokers: endpoints.kafka.brokers, topicPrefix: context.topicPrefix },
    connector: { name: DEFAULT_CONNECTOR_NAME, slot: DEFAULT_SLOT },
  };
}

type Context = {
  readonly endpoints: Endpoints;
  readonly options: ProvisionOptions;
  readonly signal: AbortSignal;
  readonly urls: Provisioned['sql'];
  readonly topicPrefix: string;
};

const startAws = (context: Context): Promise<ProvisionedAws> =>
  step(context, 'aws', async () => {
    const {
      endpoints,
      options: { names },
      signal,
    } = context;
    const templates = synthTemplates(names === undefined ? {} : { names });
    return provisionAws({ ...endpoints, templates, names, signal });
  });

/** The connector comes last: it must find the publication, the topics and the data. */
async function startCapture(context: Context): Promise<void> {
  await Promise.all([startTopics(context), startSql(context)]);
  await step(context, 'connector', () => startConnector(context));
}

const startTopics = (context: Context): Promise<void> =>
  step(context, 'topics', () => {
    const {
      endpoints,
      options: { catalog, topics },
      topicPrefix,
    } = context;
    return provisionTopics(
      changeTopics({ catalog, topicPrefix, ...(topics === undefined ? {} : { topics }) }),
      endpoints,
    );
  });

async function startSql(context: Context): Promise<void> {
  const {
    options: { catalog, demo },
    urls: { adminUrl: url },
  } = context;
  await step(context, 'migrations', () =>
    migrate({ url, passwords: { [SqlRole.capture]: SqlRole.capture, [SqlRole.app]: SqlRole.app } }),
  );
  if (demo !== false)
    await step(context, 'demo', () => createDemo({ url, ...(demo === undefined ? {} : { size: demo }) }));
  await step(context, 'publication', async () => {
    await ensurePublication({ url, catalog });
    await ensureAccess({ url, catalog });
  });
}

async function startConnector({ endpoints, options, signal, urls, topicPrefix }: Context): Promise<void> {
  const { connect, postgres } = endpoints;
  await registerConnector({
    connectUrl: connect.url,
    name: DEFAULT_CONNECTOR_NAME,
    signal,
    isCapturing: () => isSlotActive(urls.adminUrl, DEFAULT_SLOT),
    config: connectorConfig({
      catalog: options.catalog,
      database: {
        host: connect.databaseHost,
        port: connect.databasePort,
        name: postgres.database,
        user: SqlRole.capture,
        password: SqlRole.capture,
        sslMode: 'disable',
      },
      topicPrefix,
      ...(options.topics === undefined ? {} : { topics: options.topics }),
      ...(options.epoch === undefined ? {} : { epoch: options.epoch }),
    }),
  });
}

async function step<T>({ options, signal }: Context, name: ProvisionStep, task: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const begun = performance.now();
  const tell = (state: ProvisionState): void =>
    options.onProgress?.(name, state, Math.round(performance.now() - begun));
  options.onProgress?.(name, 'started', 0);
  try {
    const result = await task();
    tell('done');
    return result;
  } catch (error) {
    tell('failed');
    throw error;
  }
}

function urlsOf({ postgres: { host, port, database, url } }: Endpoints): Provisioned['sql'] {
  const urlFor = (role: SqlRole): string => `postgres://${role}:${role}@${host}:${port}/${database}`;
  return { adminUrl: url, appUrl: urlFor(SqlRole.app), captureUrl: urlFor(SqlRole.capture) };
}

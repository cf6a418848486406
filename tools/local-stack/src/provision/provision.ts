/** From empty components to a stack that the apps can start on. */
import { changeTopics, slotName } from '@hybridge/infra-connect';
import type { ConnectorOptions } from '@hybridge/infra-connect';
import type { ResourceNames } from '@hybridge/infra-platform';
import { sourcesOf, synthTemplates } from '@hybridge/infra-services';
import type { DemoOptions } from '@hybridge/infra-sql';
import type { Endpoints } from '../endpoints.ts';
import { ProvisionError } from './errors.ts';
import { provisionAws } from './provision-aws.ts';
import type { ProvisionedAws } from './provision-aws.ts';
import { fillDemo, migrateSource, openSource, sourcesIn, startConnector, urlsOf } from './provision-sources.ts';
import type { ProvisionedSource, SqlUrls } from './provision-sources.ts';
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
  /** Before `<source>.<schema>.<table>`; default nothing. */
  readonly topicPrefix?: string;
  readonly topics?: NonNullable<ConnectorOptions['topics']>;
  readonly epoch?: number;
  readonly signal?: AbortSignal;
  /** `ms` counts from the start of the step; 0 when it starts. */
  readonly onProgress?: (step: ProvisionStep, state: ProvisionState, ms: number) => void;
};

export type Provisioned = {
  readonly aws: ProvisionedAws;
  /** Of PostgreSQL. */
  readonly sql: SqlUrls;
  /** Every source of the catalog. */
  readonly sources: readonly ProvisionedSource[];
  readonly kafka: { readonly brokers: readonly string[]; readonly topicPrefix: string };
  /** Of the source in PostgreSQL; where the catalog has none there, of its first, which has no slot. */
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
    sources: sourcesIn(endpoints, options.catalog),
    topicPrefix: options.topicPrefix ?? '',
  };
  const branches = [startAws(context), startCapture(context)] as const;
  for (const branch of branches) branch.catch((error: unknown) => failure.abort(error));
  await Promise.allSettled(branches);
  signal.throwIfAborted();
  return {
    aws: await branches[0],
    sql: urlsOf(endpoints, 'postgres'),
    sources: context.sources,
    kafka: { brokers: endpoints.kafka.brokers, topicPrefix: context.topicPrefix },
    connector: mainConnector(context.sources),
  };
}

function mainConnector(sources: readonly ProvisionedSource[]): Provisioned['connector'] {
  const source = sources.find(({ kind }) => kind === 'postgres') ?? sources[0];
  if (source !== undefined) return { name: source.connector, slot: slotName(source.name) };
  throw new ProvisionError({ what: 'The catalog has no view, hence no source.', fix: 'give it at least one view.' });
}

type Context = {
  readonly endpoints: Endpoints;
  readonly options: ProvisionOptions;
  readonly signal: AbortSignal;
  readonly sources: readonly ProvisionedSource[];
  readonly topicPrefix: string;
};

const startAws = (context: Context): Promise<ProvisionedAws> =>
  step(context, 'aws', async () => {
    const {
      endpoints,
      options: { names, catalog },
      signal,
    } = context;
    const sources = sourcesOf(catalog);
    const templates = synthTemplates({ indexes: catalog.indexes, sources, ...(names === undefined ? {} : { names }) });
    return provisionAws({ ...endpoints, templates, names, sources: sources.map(({ name }) => name), signal });
  });

/** The connectors come last: they must find the publication, the topics and the data. */
async function startCapture(context: Context): Promise<void> {
  await Promise.all([startTopics(context), startSql(context)]);
  await step(context, 'connector', () => startConnectors(context));
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
    options: { catalog, demo = 'default' },
    sources,
  } = context;
  const inEach = (task: (source: ProvisionedSource) => Promise<void>) => async (): Promise<void> =>
    void (await Promise.all(sources.map(task)));
  await step(context, 'migrations', inEach(migrateSource));
  if (demo !== false)
    await step(
      context,
      'demo',
      inEach((source) => fillDemo(source, demo)),
    );
  await step(
    context,
    'publication',
    inEach((source) => openSource(source, catalog)),
  );
}

async function startConnectors({ sources, options, ...context }: Context): Promise<void> {
  const { catalog, topics, epoch } = options;
  await Promise.all(sources.map((source) => startConnector(source, { ...context, catalog, topics, epoch })));
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

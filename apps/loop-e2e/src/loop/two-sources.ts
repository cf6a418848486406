/** Two PostgreSQL databases as two sources, with tables of one name, and the parts of the loop between them and the items. */
import { CreateQueueCommand, SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { ApplyCustomerChange } from '@hybridge/contracts';
import { connectorConfig, connectorName, registerConnector, slotName } from '@hybridge/infra-connect';
import { SqlRole, ensureAccess, ensurePublication, isSlotActive, migrate } from '@hybridge/infra-sql';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { silentLogger } from '@hybridge/observability';
import { readConfig as readProjectorConfig, startProjector } from '@hybridge/projector';
import type { RunningApp } from '@hybridge/runtime';
import {
  type AnyView,
  column,
  createCatalog,
  int4,
  keyOfRow,
  notNull,
  source,
  table,
  text,
  view,
} from '@hybridge/views';
import { readConfig as readWritebackConfig, startWriteback } from '@hybridge/writeback';
import { Client } from 'pg';
import { type BreakableProxy, createBreakableProxy } from './breakable-proxy.ts';

export const SOURCES = ['shop', 'stock'] as const;
export type SourceName = (typeof SOURCES)[number];

const viewsOf = (name: SourceName) => {
  const things = table({
    source: source(name, 'postgres'),
    name: 'public.things',
    primaryKey: ['id'],
    columns: { id: notNull(int4()), name: notNull(text()), story: notNull(text()) },
  });
  return {
    /** Its row must be asked of SQL after an update, as the event does not carry the long column. */
    packed: view(`${name}-packed`, {
      table: things,
      key: { pk: [`${name}-p`, column('id')], sk: ['P'] },
      attributes: { id: 'id', name: 'name', story: 'story' },
      layout: 'document',
    }),
    flat: view(`${name}-flat`, {
      table: things,
      key: { pk: [`${name}-f`, column('id')], sk: ['F'] },
      attributes: { id: 'id', name: 'name' },
      changes: { allow: ['name'] },
    }),
    lazy: view(`${name}-lazy`, {
      table: things,
      key: { pk: [`${name}-l`, column('id')], sk: ['L'] },
      attributes: { id: 'id', name: 'name' },
      mode: 'lazy',
    }),
  };
};

export const views = { shop: viewsOf('shop'), stock: viewsOf('stock') };
export const catalog = createCatalog(SOURCES.flatMap((name): AnyView[] => Object.values(views[name])));

/** Longer than what SQL keeps in the row itself, once it may not be compressed. */
export const STORY = 'x'.repeat(3_000);

export interface TwoSources extends AsyncDisposable {
  readonly stack: LocalStack;
  /** As the owner. */
  readonly sql: Readonly<Record<SourceName, Client>>;
  /** Of the apps; that of `stock` leads through `stockWay`. */
  readonly urls: ReadonlyMap<string, string>;
  readonly stockWay: BreakableProxy;
  readonly tableName: string;
  /** What `/health` of an app notes. */
  notes(app: 'projector' | 'writeback'): Promise<readonly string[]>;
  /** Puts the command for an item into the queue of its source. */
  command(of: AnyView, id: number): Promise<void>;
}

const PORTS = { projector: 0, writeback: 0 };

export async function startTwoSources(): Promise<TwoSources> {
  const stack = await startStack({ form: 'native', ports: 'free' });
  const { endpoints } = stack;
  const { host, port } = endpoints.postgres;
  const adminUrl = { shop: endpoints.postgres.url, stock: endpoints.postgres.url.replace(/[^/]*$/, 'stock') };
  process.env['AWS_ACCESS_KEY_ID'] = endpoints.credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = endpoints.credentials.secretAccessKey;
  const sql = { shop: await connected(adminUrl.shop), stock: undefined as unknown as Client };
  await sql.shop.query('CREATE DATABASE stock');
  sql.stock = await connected(adminUrl.stock);
  const stockWay = await createBreakableProxy({ host, port });
  const appUrl = (database: string, at: number): string =>
    `postgres://${SqlRole.app}:${SqlRole.app}@${host}:${at}/${database}`;
  const urls = new Map([
    ['shop', appUrl(endpoints.postgres.database, port)],
    ['stock', appUrl('stock', stockWay.port)],
  ]);
  for (const name of SOURCES) await prepareDatabase(name, sql[name], adminUrl[name]);
  const { tableName } = await provisionTablesOnly(endpoints);
  const sqs = new SQSClient({
    region: endpoints.region,
    endpoint: endpoints.aws.endpoint,
    credentials: endpoints.credentials,
  });
  const queues = await createQueues(sqs);
  const stopping = new AbortController();
  const apps = await startApps({ stack, urls, queues, tableName }, stopping.signal);
  for (const name of SOURCES) await startConnector(stack, name, adminUrl[name]);
  return {
    stack,
    sql,
    urls,
    stockWay,
    tableName,
    async notes(app) {
      const answer = await fetch(`http://127.0.0.1:${PORTS[app]}/health`);
      return ((await answer.json()) as { notes?: readonly string[] }).notes ?? [];
    },
    async command(of, id) {
      const body = { 'detail-type': ApplyCustomerChange.detailType, detail: commandFor(of, id) };
      const QueueUrl = queues.get(of.table.source.name) as string;
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      for (const app of apps) await app[Symbol.asyncDispose]();
      sqs.destroy();
      await Promise.all(SOURCES.map((name) => sql[name].end()));
      await stockWay[Symbol.asyncDispose]();
      await stack.stop();
    },
  };
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

async function prepareDatabase(name: SourceName, sql: Client, url: string): Promise<void> {
  await migrate({ url, passwords: { [SqlRole.capture]: SqlRole.capture, [SqlRole.app]: SqlRole.app } });
  await sql.query('CREATE TABLE things (id int PRIMARY KEY, name text NOT NULL, story text NOT NULL)');
  await sql.query('ALTER TABLE things ALTER COLUMN story SET STORAGE EXTERNAL');
  await ensurePublication({ url, catalog, source: name });
  await ensureAccess({ url, catalog, source: name });
}

const startConnector = ({ endpoints: { connect, postgres } }: LocalStack, name: SourceName, adminUrl: string) =>
  registerConnector({
    connectUrl: connect.url,
    name: connectorName(name),
    isCapturing: () => isSlotActive(adminUrl, slotName(name)),
    config: connectorConfig({
      catalog,
      source: name,
      database: {
        ...connect.databases.postgres,
        name: name === 'shop' ? postgres.database : name,
        user: SqlRole.capture,
        password: SqlRole.capture,
        sslMode: 'disable',
      },
    }),
  });

async function createQueues(sqs: SQSClient): Promise<ReadonlyMap<string, string>> {
  const urls = SOURCES.map(async (name): Promise<[string, string]> => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `writeback-${name}` }));
    return [name, QueueUrl];
  });
  return new Map(await Promise.all(urls));
}

interface AppSurroundings {
  readonly stack: LocalStack;
  readonly urls: ReadonlyMap<string, string>;
  readonly queues: ReadonlyMap<string, string>;
  readonly tableName: string;
}

/** So few at a time that those of one source would keep all places of the other, if they shared them. */
const NARROW = { PROJECTOR_CONCURRENCY: '2', PROJECTOR_MAX_PENDING_BYTES: '20000', WRITEBACK_CONCURRENCY: '1' };

async function startApps({ stack, urls, queues, tableName }: AppSurroundings, signal: AbortSignal) {
  const { endpoints } = stack;
  const bySource = (name: string, of: ReadonlyMap<string, string>) =>
    Object.fromEntries([...of].map(([key, url]) => [`${name}_${key.toUpperCase()}`, url]));
  Object.assign(PORTS, { projector: await freePort(), writeback: await freePort() });
  const environment = {
    ...NARROW,
    PROJECTOR_KAFKA_BROKERS: endpoints.kafka.brokers.join(','),
    PROJECTOR_DYNAMODB_ENDPOINT: endpoints.dynamodb.endpoint,
    PROJECTOR_TABLE_NAME: tableName,
    PROJECTOR_AWS_REGION: endpoints.region,
    PROJECTOR_PORT: String(PORTS.projector),
    WRITEBACK_SQS_ENDPOINT: endpoints.aws.endpoint,
    WRITEBACK_DYNAMODB_ENDPOINT: endpoints.dynamodb.endpoint,
    WRITEBACK_TABLE_NAME: tableName,
    WRITEBACK_AWS_REGION: endpoints.region,
    WRITEBACK_PORT: String(PORTS.writeback),
    ...bySource('PROJECTOR_SQL_URL', urls),
    ...bySource('WRITEBACK_SQL_URL', urls),
    ...bySource('WRITEBACK_QUEUE_URL', queues),
  };
  const { sources } = catalog;
  const apps: RunningApp[] = [
    await startProjector(readProjectorConfig(environment, sources), silentLogger(), signal, catalog),
    await startWriteback(readWritebackConfig(environment, sources), silentLogger(), signal, catalog),
  ];
  for (const app of apps) app.ended.catch(() => undefined);
  return apps;
}

async function freePort(): Promise<number> {
  const proxy = await createBreakableProxy({ host: '127.0.0.1', port: 9 });
  await proxy[Symbol.asyncDispose]();
  return proxy.port;
}

/** Without the changes: the writeback reads the item. */
const commandFor = (of: AnyView, id: number) => ({
  metadata: {
    id: `${of.name}-${id}`,
    version: ApplyCustomerChange.version,
    view: of.name,
    key: keyOfRow(of, { id: { N: String(id) } }),
    occurredAt: new Date().toISOString(),
  },
  data: { pending: [], truncated: true },
});

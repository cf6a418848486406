import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Comparison, compareAll } from '@hybridge/inspector';
import {
  type AppCrash,
  AppName,
  type Apps,
  type BusTap,
  type DrainMarker,
  type Loop,
  drained,
  loopApps,
  openBusTap,
  shopOnly,
  startLoop,
} from '@hybridge/local-stack';
import type { ItemKey } from '@hybridge/protocol';
import { type ItemReader, createItemReader } from '@hybridge/reader-dynamodb';
import { connectReaders } from '@hybridge/reader-sql';
import type { Catalog } from '@hybridge/views';
import { Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';
import { loseMessages } from './lose-messages.ts';
import { type ViewApiClient, createViewApiClient } from './view-api-client.ts';

/** Few rows: a start stays quick. Customer 47 has remarks longer than a TOAST page. */
const SIZE = { customers: 60, products: 50, orders: 120 } as const;
const GROUP_ID = 'projector';
const SENTINEL_ID = 999_999;

/** The sweeper is quick, so that a test can wait for it; a busy loop answers within this time. */
const INSPECTOR = { INSPECTOR_SWEEP_AGE_MS: '15000', INSPECTOR_SWEEP_INTERVAL_MS: '1000' };

/** The whole loop on real parts, with everything a test looks at. */
export interface Harness extends AsyncDisposable {
  readonly loop: Loop;
  readonly apps: Apps;
  /** As the owner of the shop's database. */
  readonly sql: Pool;
  readonly api: ViewApiClient;
  readonly items: ItemReader;
  readonly bus: BusTap;
  /** Apps that ended by themselves; none should. */
  readonly crashes: readonly AppCrash[];
  /** Waits until nothing is under way. @param markers of further sources */
  drained(markers?: readonly DrainMarker[]): Promise<void>;
  /** Holds every item against its row. */
  compare(): Promise<readonly Comparison[]>;
  /** Takes an item away, past the protocol. */
  loseItem(key: ItemKey): Promise<void>;
  /** Waits until a command is in the writeback's queue, and empties the queue. */
  loseCommands(): Promise<void>;
}

export interface HarnessOptions {
  /** Further settings of the apps. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default the demo's views of PostgreSQL. The apps have another one only where `env` lets them find it. */
  readonly catalog?: Catalog;
}

export async function startHarness({ env, ...options }: HarnessOptions = {}): Promise<Harness> {
  const { catalog, env: ofCatalog } =
    options.catalog === undefined ? shopOnly() : { catalog: options.catalog, env: {} };
  const crashes: AppCrash[] = [];
  const loop = await startLoop({
    catalog,
    demo: SIZE,
    stack: { form: 'native', ports: 'free' },
    apps: [...loopApps, AppName.inspector],
    env: { ...INSPECTOR, ...ofCatalog, ...env },
    onAppCrash: (crash) => crashes.push(crash),
  });
  const { endpoints } = loop.stack;
  const { aws, sql: urls } = loop.provisioned;
  const dynamodb = new DynamoDBClient({
    region: endpoints.region,
    endpoint: endpoints.dynamodb.endpoint,
    credentials: endpoints.credentials,
  });
  const queues = new SQSClient({
    region: endpoints.region,
    endpoint: endpoints.aws.endpoint,
    credentials: endpoints.credentials,
  });
  const sql = new Pool({ connectionString: urls.adminUrl, max: 4 });
  sql.on('error', () => undefined);
  const rows = connectReaders({
    sources: catalog.sources,
    urls: new Map(loop.provisioned.sources.map(({ name, appUrl }) => [name, appUrl])),
    applicationName: 'loop-e2e',
  });
  const kafka = new Kafka({ brokers: [...endpoints.kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await kafka.connect();
  const items = createItemReader(dynamodb, { tableName: aws.tableName });
  const bus = await openBusTap(endpoints, aws.busName);
  await sql.query(
    `INSERT INTO public.products (id, sku, name, list_price) VALUES ($1, 'SENTINEL', 'marker of commit order', 0)`,
    [SENTINEL_ID],
  );
  return {
    loop,
    apps: loop.apps,
    sql,
    items,
    bus,
    crashes,
    api: createViewApiClient(loop.apps.apiUrl, loop.apps.tokenFor),
    drained: (markers = []) => drained({ sql, items, kafka, groupId: GROUP_ID, sentinelId: SENTINEL_ID, markers }),
    compare: () => compareAll(catalog, { rows, items }),
    loseItem: async ({ pk, sk }) => {
      await dynamodb.send(new DeleteItemCommand({ TableName: aws.tableName, Key: { pk: { S: pk }, sk: { S: sk } } }));
    },
    loseCommands: () => loseMessages(queues, aws.queueUrl),
    async [Symbol.asyncDispose]() {
      await bus[Symbol.asyncDispose]();
      await kafka.disconnect();
      await Promise.all([sql.end(), rows[Symbol.asyncDispose]()]);
      dynamodb.destroy();
      queues.destroy();
      await loop[Symbol.asyncDispose]();
    },
  };
}

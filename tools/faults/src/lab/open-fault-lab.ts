import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { changeTopics } from '@hybridge/infra-connect';
import type { Random, Traffic } from '@hybridge/load';
import {
  type AppCrash,
  type Loop,
  type LoopOptions,
  type Ports,
  access,
  drained,
  findFreePorts,
  loopApps,
  pollUntil,
  startLoop,
} from '@hybridge/local-stack';
import { type FanOutJob, scalarOf } from '@hybridge/protocol';
import { type ItemReader, createItemReader, createPartitionReader } from '@hybridge/reader-dynamodb';
import { connectReaders } from '@hybridge/reader-sql';
import { type Comparison, compareAll } from '@hybridge/verify';
import type { Catalog } from '@hybridge/views';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';
import { type AwsProxy, createAwsProxy } from '../proxy/aws-proxy.ts';
import { type DynamoDbProxy, createDynamoDbProxy } from '../proxy/dynamodb-proxy.ts';
import { type SqlProxy, createSqlProxy } from '../proxy/sql-proxy.ts';
import { awaitNoJobs, jobsIn } from './fan-out-jobs.ts';
import { type Ground, type GroundName, type TrafficPace, type GroundParts, grounds } from './grounds.ts';
import { type SqlLedger, openSqlLedger } from './sql-ledger.ts';

/** Consumer group of the projector. */
export const GROUP_ID = 'projector';
/** A product nothing else touches: its description is a marker in commit order. */
export const SENTINEL_ID = 999_999;
/** A busy machine may take long to start a component again. */
const PATIENCE_MS = 150_000;

/** The running loop with the means to break it and to look at it. */
export interface FaultLab extends AsyncDisposable {
  readonly ground: Ground;
  readonly loop: Loop;
  /** Environment of the apps, for a further one. */
  readonly env: Readonly<Record<string, string>>;
  /** Every app talks to DynamoDB through it. */
  readonly proxy: DynamoDbProxy;
  /** Between the pipe and the bus, and between the queue and the writeback. */
  readonly aws: AwsProxy;
  /** Between the writeback and PostgreSQL. */
  readonly sqlProxy: SqlProxy;
  readonly ledger: SqlLedger;
  /** As the owner of the shop's database. */
  readonly sql: Pool;
  /** Past the proxy. */
  readonly dynamodb: DynamoDBClient;
  /** Past the proxy. */
  readonly items: ItemReader;
  readonly kafka: Kafka;
  /** The change topics. */
  readonly topics: readonly string[];
  /** Apps that ended by themselves; none should. Whoever starts a further one adds to it. */
  readonly crashes: AppCrash[];
  withAdmin<T>(task: (admin: Admin) => Promise<T>): Promise<T>;
  /** Resolves when a change of now has passed the whole way from SQL to its item. @returns how long it took, ms */
  flows(): Promise<number>;
  /** Changes of rows, until it is stopped. */
  traffic(pace: TrafficPace): Promise<Traffic>;
  /** Fan-outs that are left to jobs. */
  jobs(): Promise<readonly FanOutJob[]>;
  /** Resolves when nothing is under way in the projectors of a group; default the first one, with its views. */
  drained(groupId?: string, build?: string): Promise<void>;
  /** Holds every item, and what it embeds, against its row; default those of the lab's views. */
  compare(catalog?: Catalog): Promise<readonly Comparison[]>;
}

export type FaultLabOptions = Pick<LoopOptions, 'demo' | 'signal'> & {
  readonly random: Random;
  /** Default `shop`. */
  readonly ground?: GroundName;
  readonly onProgress?: NonNullable<LoopOptions['stack']>['onProgress'];
};

type Proxies = Pick<FaultLab, 'proxy' | 'aws' | 'sqlProxy'>;

export async function openFaultLab(given: FaultLabOptions): Promise<FaultLab> {
  const { random, onProgress, ground: name = 'shop', ...options } = given;
  const ground = grounds[name]();
  const ports = await findFreePorts();
  await using opened = new AsyncDisposableStack();
  const proxies = await openProxies(opened, ports, random);
  const crashes: AppCrash[] = [];
  const env = { ...ground.env, ...environmentOf(proxies) };
  const loop = opened.use(
    await startLoop({
      ...(ground.demo && { demo: ground.demo }),
      ...options,
      catalog: ground.catalog,
      apps: ground.apps,
      stack: { form: 'native', ports, ...(onProgress && { onProgress }) },
      env,
      onAppCrash: (crash) => crashes.push(crash),
    }),
  );
  const lab = await labOf(opened, { ground, loop, env, crashes, ...proxies });
  const kept = opened.move();
  return { ...lab, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function openProxies(opened: AsyncDisposableStack, ports: Ports, random: Random): Promise<Proxies> {
  const target = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    proxy: opened.use(await createDynamoDbProxy({ target: target(ports.dynamodb), random })),
    aws: opened.use(await createAwsProxy({ target: target(ports.aws), random })),
    sqlProxy: opened.use(await createSqlProxy({ target: { host: '127.0.0.1', port: ports.postgres }, random })),
  };
}

const environmentOf = ({ proxy, aws, sqlProxy }: Proxies): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(loopApps.map((app) => [endpointVariable(app), proxy.endpoint])),
  STREAM_PIPE_EVENTBRIDGE_ENDPOINT: aws.endpoint,
  WRITEBACK_SQS_ENDPOINT: aws.endpoint,
  // Locally every role's password is its name.
  WRITEBACK_SQL_URL: `postgres://hybridge_app:hybridge_app@127.0.0.1:${sqlProxy.port}/${access.postgres.database}`,
});

const endpointVariable = (app: string): string => `${app.toUpperCase().replaceAll('-', '_')}_DYNAMODB_ENDPOINT`;

async function labOf(
  opened: AsyncDisposableStack,
  { ground, loop, ...given }: Proxies & Pick<FaultLab, 'ground' | 'loop' | 'env' | 'crashes'>,
): Promise<Omit<FaultLab, typeof Symbol.asyncDispose>> {
  const { region, dynamodb, credentials, kafka: broker } = loop.stack.endpoints;
  const { sql: urls, kafka: named, aws } = loop.provisioned;
  const client = new DynamoDBClient({ region, endpoint: dynamodb.endpoint, credentials: { ...credentials } });
  opened.defer(() => client.destroy());
  const items = createItemReader(client, { tableName: aws.tableName });
  const sql = new Pool({ connectionString: urls.adminUrl, max: 4 });
  opened.defer(() => sql.end());
  sql.on('error', () => undefined); // an idle connection that breaks is replaced
  const { catalog } = ground;
  const rows = opened.use(
    connectReaders({
      sources: catalog.sources,
      urls: new Map(loop.provisioned.sources.map(({ name, appUrl }) => [name, appUrl])),
      max: 4,
      applicationName: 'hybridge-faults',
    }),
  );
  const kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING });
  await sql.query(
    `INSERT INTO public.products (id, sku, name, list_price) VALUES ($1, 'SENTINEL', 'marker of commit order', 0)`,
    [SENTINEL_ID],
  );
  // A new client each time: one may not outlive the broker it is connected to.
  const withAdmin = async <T>(task: (admin: Admin) => Promise<T>): Promise<T> => {
    const admin = kafka.admin();
    await admin.connect();
    return task(admin).finally(() => admin.disconnect());
  };
  const parts: GroundParts = await ground.prepare({ loop, sql, items });
  opened.use(parts);
  const jobs = (): Promise<readonly FanOutJob[]> => jobsIn(createPartitionReader(items));
  return {
    ...given,
    ground,
    loop,
    sql,
    ledger: await openSqlLedger(sql, catalog),
    dynamodb: client,
    items,
    kafka,
    topics: changeTopics({ catalog, topicPrefix: named.topicPrefix }).map(({ topic }) => topic),
    withAdmin,
    flows: () => markerArrives(sql, items),
    traffic: (pace) => ground.traffic(loop, pace),
    jobs,
    async drained(groupId = GROUP_ID, build) {
      const markers = parts.markers(build);
      await withAdmin((admin) => drained({ sql, items, kafka: admin, groupId, sentinelId: SENTINEL_ID, markers }));
      await awaitNoJobs(jobs);
    },
    compare: (of = catalog) => compareAll(of, { rows, items }),
  };
}

let markers = 0;

async function markerArrives(sql: Pool, items: ItemReader): Promise<number> {
  const marker = `flows ${++markers}`;
  const begun = performance.now();
  await sql.query('UPDATE public.products SET description = $1 WHERE id = $2', [marker, SENTINEL_ID]);
  const hasArrived = async (): Promise<boolean> =>
    scalarOf((await items.get({ pk: `p1#PRODUCT#${SENTINEL_ID}`, sk: 'PRODUCT' }))?.['description']) === marker;
  if (await pollUntil(hasArrived, { timeoutMs: PATIENCE_MS })) return performance.now() - begun;
  throw new Error(`A change of SQL did not reach its item within ${PATIENCE_MS / 1000} s.`);
}

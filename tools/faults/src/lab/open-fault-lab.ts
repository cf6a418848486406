import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { catalog } from '@hybridge/definitions';
import { changeTopics } from '@hybridge/infra-connect';
import type { Random } from '@hybridge/load';
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
import { scalarOf } from '@hybridge/protocol';
import { type ItemReader, createItemReader } from '@hybridge/reader-dynamodb';
import { createRowReader, createSqlPool } from '@hybridge/reader-sql';
import { type Comparison, compareAll } from '@hybridge/verify';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';
import { type AwsProxy, createAwsProxy } from '../proxy/aws-proxy.ts';
import { type DynamoDbProxy, createDynamoDbProxy } from '../proxy/dynamodb-proxy.ts';
import { type SqlProxy, createSqlProxy } from '../proxy/sql-proxy.ts';
import { type SqlLedger, openSqlLedger } from './sql-ledger.ts';

/** Consumer group of the projector. */
export const GROUP_ID = 'projector';
/** A product nothing else touches: its description is a marker in commit order. */
export const SENTINEL_ID = 999_999;
/** A busy machine may take long to start a component again. */
const PATIENCE_MS = 150_000;

/** The running loop with the means to break it and to look at it. */
export interface FaultLab extends AsyncDisposable {
  readonly loop: Loop;
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
  /** Resolves when nothing is under way. */
  drained(): Promise<void>;
  /** Holds every item against its row. */
  compare(): Promise<readonly Comparison[]>;
}

export type FaultLabOptions = Pick<LoopOptions, 'demo' | 'signal'> & {
  readonly random: Random;
  readonly onProgress?: NonNullable<LoopOptions['stack']>['onProgress'];
};

type Proxies = Pick<FaultLab, 'proxy' | 'aws' | 'sqlProxy'>;

export async function openFaultLab({ random, onProgress, ...options }: FaultLabOptions): Promise<FaultLab> {
  const ports = await findFreePorts();
  await using opened = new AsyncDisposableStack();
  const proxies = await openProxies(opened, ports, random);
  const crashes: AppCrash[] = [];
  const loop = opened.use(
    await startLoop({
      ...options,
      catalog,
      stack: { form: 'native', ports, ...(onProgress && { onProgress }) },
      env: environmentOf(proxies),
      onAppCrash: (crash) => crashes.push(crash),
    }),
  );
  const lab = await labOf(opened, { loop, crashes, ...proxies });
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
  { loop, crashes, ...proxies }: Proxies & Pick<FaultLab, 'loop' | 'crashes'>,
): Promise<Omit<FaultLab, typeof Symbol.asyncDispose>> {
  const { region, dynamodb, credentials, kafka: broker } = loop.stack.endpoints;
  const { sql: urls, kafka: named, aws } = loop.provisioned;
  const client = new DynamoDBClient({ region, endpoint: dynamodb.endpoint, credentials: { ...credentials } });
  opened.defer(() => client.destroy());
  const items = createItemReader(client, { tableName: aws.tableName });
  const sql = new Pool({ connectionString: urls.adminUrl, max: 4 });
  opened.defer(() => sql.end());
  sql.on('error', () => undefined); // an idle connection that breaks is replaced
  const pool = opened.use(createSqlPool({ url: urls.appUrl, max: 4, applicationName: 'hybridge-faults' }));
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
  return {
    ...proxies,
    loop,
    sql,
    ledger: await openSqlLedger(sql),
    dynamodb: client,
    items,
    kafka,
    crashes,
    topics: changeTopics({ catalog, topicPrefix: named.topicPrefix }).map(({ topic }) => topic),
    withAdmin,
    flows: () => markerArrives(sql, items),
    drained: () =>
      withAdmin((admin) => drained({ sql, items, kafka: admin, groupId: GROUP_ID, sentinelId: SENTINEL_ID })),
    compare: () => compareAll(catalog, { rows: createRowReader({ pool }), items }),
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

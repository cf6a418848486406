import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { catalog } from '@hybridge/definitions';
import { changeTopics } from '@hybridge/infra-connect';
import type { Random } from '@hybridge/load';
import {
  type AppCrash,
  type Loop,
  type LoopOptions,
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
import { type DynamoDbProxy, createDynamoDbProxy } from '../proxy/dynamodb-proxy.ts';

/** Consumer group of the projector. */
export const GROUP_ID = 'projector';
/** A product nothing else touches: its description is a marker in commit order. */
export const SENTINEL_ID = 999_999;
/** A busy machine may take long to start a component again. */
const PATIENCE_MS = 150_000;

/** The running loop with the means to break it and to look at it. Every app talks to DynamoDB through the proxy. */
export interface FaultLab extends AsyncDisposable {
  readonly loop: Loop;
  readonly proxy: DynamoDbProxy;
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

export async function openFaultLab({ random, onProgress, ...options }: FaultLabOptions): Promise<FaultLab> {
  const ports = await findFreePorts();
  const proxy = await createDynamoDbProxy({ target: `http://127.0.0.1:${ports.dynamodb}`, random });
  const crashes: AppCrash[] = [];
  try {
    const loop = await startLoop({
      ...options,
      catalog,
      stack: { form: 'native', ports, ...(onProgress && { onProgress }) },
      env: Object.fromEntries(loopApps.map((app) => [endpointVariable(app), proxy.endpoint])),
      onAppCrash: (crash) => crashes.push(crash),
    });
    try {
      return await labOf(loop, proxy, crashes);
    } catch (error) {
      await loop[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    await proxy[Symbol.asyncDispose]();
    throw error;
  }
}

const endpointVariable = (app: string): string => `${app.toUpperCase().replaceAll('-', '_')}_DYNAMODB_ENDPOINT`;

async function labOf(loop: Loop, proxy: DynamoDbProxy, crashes: AppCrash[]): Promise<FaultLab> {
  const { region, dynamodb, credentials, kafka: broker } = loop.stack.endpoints;
  const { sql: urls, kafka: named, aws } = loop.provisioned;
  const client = new DynamoDBClient({ region, endpoint: dynamodb.endpoint, credentials: { ...credentials } });
  const items = createItemReader(client, { tableName: aws.tableName });
  const sql = new Pool({ connectionString: urls.adminUrl, max: 4 });
  sql.on('error', () => undefined); // an idle connection that breaks is replaced
  const pool = createSqlPool({ url: urls.appUrl, max: 4, applicationName: 'hybridge-faults' });
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
    loop,
    proxy,
    sql,
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
    async [Symbol.asyncDispose]() {
      await Promise.all([sql.end(), pool[Symbol.asyncDispose]()]);
      client.destroy();
      await loop[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
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

/** view-api as a process, in front of a primary and a hot standby: where its fills come from, and what they never store. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orders } from '@hybridge/definitions';
import { SqlRole, createDemo, ensureAccess, ensurePublication, migrate } from '@hybridge/infra-sql';
import {
  AppName,
  type Apps,
  type LocalStack,
  provisionTablesOnly,
  scrape,
  shopOnly,
  startApps,
  startStack,
  total,
} from '@hybridge/local-stack';
import { carryOut, decideRowChange } from '@hybridge/protocol';
import { createDynamoDbClient, createItemStore } from '@hybridge/sink-dynamodb';
import { rowChange, testContext } from '@hybridge/testkit';
import { keyFromParts, keyOfRow } from '@hybridge/views';
import pg from 'pg';
import { createViewApiClient } from '../loop/view-api-client.ts';
import { type Standby, startStandby } from '../reader-sql/standby.ts';

let stack: LocalStack;
let standby: Standby;
let primary: pg.Pool;
let replica: pg.Pool;
let dynamodb: ReturnType<typeof createDynamoDbClient>;
let tableName: string;
let logDir: string;
/** Orders nobody has read; each test takes its own. */
let ids: string[];

beforeAll(async () => {
  stack = await startStack({ form: 'native', components: ['dynamodb', 'postgres'], ports: 'free' });
  const { postgres, region, credentials, ...endpoints } = stack.endpoints;
  const { url } = postgres;
  await migrate({ url, passwords: { [SqlRole.capture]: SqlRole.capture, [SqlRole.app]: SqlRole.app } });
  await createDemo({ url, size: { customers: 20, products: 10, orders: 40 } });
  const { catalog } = shopOnly();
  await ensurePublication({ url, catalog });
  await ensureAccess({ url, catalog });
  ({ tableName } = await provisionTablesOnly(stack.endpoints));
  standby = await startStandby(stack);
  [primary, replica] = [url, standby.url].map((connectionString) => new pg.Pool({ connectionString, max: 1 })) as [
    pg.Pool,
    pg.Pool,
  ];
  for (const pool of [primary, replica]) pool.on('error', () => undefined);
  ids = (await primary.query<{ id: string }>('select id::text from public.orders order by id')).rows.map(
    ({ id }) => id,
  );
  dynamodb = createDynamoDbClient({ region, credentials, endpoint: endpoints.dynamodb.endpoint });
  logDir = await mkdtemp(join(tmpdir(), 'hybridge-standby-'));
}, 300_000);

afterAll(async () => {
  await Promise.all([primary?.end(), replica?.end()]);
  dynamodb?.destroy();
  await standby?.[Symbol.asyncDispose]();
  await stack?.stop();
  if (logDir !== undefined) await rm(logDir, { recursive: true, force: true });
});

/** Without connections to either server yet. */
const startViewApi = (replicaUrl = urlAsApp(standby.url)): Promise<Apps> =>
  startApps({
    endpoints: stack.endpoints,
    apps: [AppName.viewApi],
    provisioned: { queueUrl: 'none', tableName },
    logDir,
    env: { ...shopOnly().env, VIEW_API_SQL_REPLICA_URL: replicaUrl },
  });

function urlAsApp(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.username = url.password = SqlRole.app;
  return url.href;
}

const takeId = (): string => {
  const id = ids.shift();
  if (id === undefined) throw new Error('All orders are taken; make more in beforeAll.');
  return id;
};

const read = async ({ apiUrl, tokenFor }: Apps, id: string) => {
  const { status, source, body } = await createViewApiClient(apiUrl, tokenFor).read(`orders/${id}`);
  return { status, source, note: body['note'] };
};

/** @returns the transaction, as change events name it */
async function writeNote(id: string, note: string): Promise<string> {
  const { rows } = await primary.query(
    `update public.orders set note = $2 where id = $1
     returning (pg_current_xact_id()::text::bigint & 4294967295)::text as xid`,
    [id, note],
  );
  return rows[0].xid;
}

/** What a projector leaves of a change event whose row nobody has read. */
async function fence(id: string, transaction: string): Promise<void> {
  const key = keyOfRow(orders, keyFromParts(orders, [id]));
  const context = { ...testContext(), now: () => Date.now() };
  await carryOut(createItemStore(dynamodb, { tableName }), key, (seen) =>
    decideRowChange({ ...rowChange({ key, n: 1 }), transaction }, 'lazy', context, seen),
  );
}

const noteOn = async (server: pg.Pool, id: string): Promise<unknown> =>
  (await server.query('select note from public.orders where id = $1', [id])).rows[0].note;

const connectionsTo = async (server: pg.Pool): Promise<number> =>
  Number(
    (await server.query(`select count(*) from pg_stat_activity where application_name = 'hybridge-view-api'`)).rows[0]
      .count,
  );

const fallbacks = async (apps: Apps): Promise<number> =>
  total(await scrape(`${apps.operationsUrl(AppName.viewApi)}/metrics`), 'view_api_sql_fallbacks_total');

it('fills from the standby and leaves the primary alone, with and without a fence to prove', async () => {
  const [unfenced, fenced] = [takeId(), takeId()];
  await writeNote(unfenced, 'unfenced');
  await fence(fenced, await writeNote(fenced, 'fenced'));
  await standby.caughtUp();
  await using apps = await startViewApi();
  expect(await read(apps, unfenced)).toEqual({ status: 200, source: 'fill', note: 'unfenced' });
  expect(await read(apps, fenced)).toEqual({ status: 200, source: 'fill', note: 'fenced' });
  expect(await read(apps, unfenced)).toEqual({ status: 200, source: 'item', note: 'unfenced' });
  expect(await read(apps, fenced)).toEqual({ status: 200, source: 'item', note: 'fenced' });
  expect(await connectionsTo(replica)).toBeGreaterThan(0);
  expect([await connectionsTo(primary), await fallbacks(apps)]).toEqual([0, 0]);
}, 60_000);

it('does not fill a fenced item with what a paused standby shows', async () => {
  const id = takeId();
  await writeNote(id, 'old');
  await standby.caughtUp();
  await using apps = await startViewApi();
  await standby.pauseReplay();
  try {
    await fence(id, await writeNote(id, 'new'));
    expect(await noteOn(replica, id)).toBe('old');
    expect(await read(apps, id)).toEqual({ status: 200, source: 'fill', note: 'new' });
    expect(await read(apps, id)).toEqual({ status: 200, source: 'item', note: 'new' });
    expect(await noteOn(replica, id)).toBe('old');
  } finally {
    await standby.resumeReplay();
  }
  expect(await fallbacks(apps)).toBe(1);
}, 60_000);

it('fills from the primary while the standby is gone', async () => {
  const [unfenced, fenced] = [takeId(), takeId()];
  await fence(fenced, await writeNote(fenced, 'of the primary'));
  await using apps = await startViewApi('postgres://none:none@127.0.0.1:9/none');
  expect(await read(apps, fenced)).toEqual({ status: 200, source: 'fill', note: 'of the primary' });
  expect(await read(apps, unfenced)).toMatchObject({ status: 200, source: 'fill' });
  expect(await fallbacks(apps)).toBe(2);
}, 60_000);

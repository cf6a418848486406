import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { Kafka, logLevel } from 'kafkajs';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { readStackConfig } from '../config.ts';
import { componentNames } from '../description.ts';
import { openCache } from '../install/cache.ts';
import { ensureInstalled } from '../install/install.ts';
import type { ComponentCrash, LocalStack } from '../local-stack.ts';
import { pollUntil } from '../poll.ts';
import { startStack } from '../start-stack.ts';
import { descendantsOf } from './process-children.ts';
import { identifyProcess } from './process-identity.ts';

const installTimeoutMs = 600_000;
const memoryLimitMb = 3 * 1024;

const config = readStackConfig();

/** Everything the stack runs, children included. */
function allProcessIds(stack: LocalStack): number[] {
  const leaders = Object.values(stack.processIds());
  return leaders.flatMap((pid) => [pid, ...descendantsOf(pid).map((child) => child.pid)]);
}

function stillAlive(pids: readonly number[]): number[] {
  return pids.filter((pid) => identifyProcess(pid) !== undefined);
}

/** Counts pages that PostgreSQL's processes share several times: an upper bound. 0 for a process that has just ended. */
function residentMemoryMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function query(stack: LocalStack, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: stack.endpoints.postgres.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function queryMariadb(stack: LocalStack, sql: string): Promise<unknown> {
  const connection = await createConnection(stack.endpoints.mariadb.url);
  try {
    const [rows] = await connection.query(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

/** The names that arrive on Kafka: of the row that is there, then of one that is inserted once that was seen. */
async function carriedNames(stack: LocalStack): Promise<string[]> {
  const topic = 'carrying.public.carried';
  const client = new Kafka({ brokers: [...stack.endpoints.kafka.brokers], logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  expect(await pollUntil(async () => (await admin.listTopics()).includes(topic), { timeoutMs: 60_000 })).toBe(true);
  await admin.disconnect();
  const consumer = client.consumer({ groupId: 'carried' });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const names: string[] = [];
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        const { after } = JSON.parse(message.value?.toString() ?? '') as { after: { name: string } };
        names.push(after.name);
        if (names.length > 1) return resolve();
        await query(stack, `INSERT INTO carried VALUES (2, 'streamed')`);
      },
    });
  });
  await consumer.disconnect();
  return names;
}

beforeAll(async () => {
  await ensureInstalled({ config, components: componentNames, onProgress: () => {} });
}, installTimeoutMs);

describe('a whole native stack', () => {
  let stack: LocalStack;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free', components: componentNames });
  });
  afterAll(() => stack.stop());

  it('has a PostgreSQL that decodes logically', async () => {
    expect(await query(stack, 'SHOW wal_level')).toEqual([{ wal_level: 'logical' }]);
    const slot = await query(
      stack,
      `SELECT slot_name FROM pg_create_logical_replication_slot('one', 'pgoutput', true)`,
    );
    expect(slot).toEqual([{ slot_name: 'one' }]);
  });

  it('has a MariaDB that writes rows and GTIDs to its binlog, for clients from everywhere', async () => {
    expect(
      await queryMariadb(stack, 'SELECT @@binlog_format AS format, @@binlog_row_image AS image, @@log_bin AS kept'),
    ).toEqual([{ format: 'ROW', image: 'FULL', kept: 1 }]);
    await queryMariadb(stack, 'CREATE TABLE noted (id int PRIMARY KEY)');
    expect(await queryMariadb(stack, 'SELECT @@gtid_binlog_pos AS gtid')).toEqual([{ gtid: '0-1-1' }]);
    expect(await queryMariadb(stack, "SELECT user AS user, host AS host FROM mysql.user WHERE user = 'root'")).toEqual([
      { user: 'root', host: '%' },
    ]);
  });

  it('has a broker that takes and gives messages', async () => {
    const client = new Kafka({ brokers: [...stack.endpoints.kafka.brokers], logLevel: logLevel.NOTHING });
    const producer = client.producer();
    await producer.connect();
    await producer.send({ topic: 'greetings', messages: [{ value: 'hello' }] });
    await producer.disconnect();
    const consumer = client.consumer({ groupId: 'greeted' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'greetings', fromBeginning: true });
    const received = new Promise<string | undefined>((resolve) => {
      void consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
    });
    expect(await received).toBe('hello');
    await consumer.disconnect();
  });

  it('has a Connect that knows the Debezium connectors', async () => {
    const plugins = await (await fetch(`${stack.endpoints.connect.url}/connector-plugins`)).json();
    expect(plugins).toContainEqual(
      expect.objectContaining({ class: 'io.debezium.connector.postgresql.PostgresConnector', version: '3.7.0.Final' }),
    );
    expect(plugins).toContainEqual(
      expect.objectContaining({ class: 'io.debezium.connector.mariadb.MariaDbConnector', version: '3.5.0.Final' }),
    );
  });

  it('carries a row from PostgreSQL through Debezium to Kafka', async () => {
    const { connect, postgres } = stack.endpoints;
    await query(stack, 'CREATE TABLE carried (id int PRIMARY KEY, name text)');
    await query(stack, `INSERT INTO carried VALUES (1, 'snapshot')`);
    const config = {
      'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
      'plugin.name': 'pgoutput',
      'database.hostname': connect.databases.postgres.host,
      'database.port': String(connect.databases.postgres.port),
      'database.user': postgres.adminUser,
      'database.password': postgres.adminPassword,
      'database.dbname': postgres.database,
      'topic.prefix': 'carrying',
      'table.include.list': 'public.carried',
    };
    const response = await fetch(`${connect.url}/connectors`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'carrying', config }),
    });
    expect(response.status).toBe(201);
    expect(await carriedNames(stack)).toEqual(['snapshot', 'streamed']);
  });

  it('has a DynamoDB with streams', async () => {
    const client = new DynamoDBClient({ ...stack.endpoints.dynamodb, ...stack.endpoints });
    const { TableDescription } = await client.send(
      new CreateTableCommand({
        TableName: 'views',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    client.destroy();
    expect(TableDescription?.LatestStreamArn).toContain('/stream/');
  });

  it('has an EventBridge that makes buses', async () => {
    const client = new EventBridgeClient({ ...stack.endpoints.aws, ...stack.endpoints });
    const { EventBusArn } = await client.send(new CreateEventBusCommand({ Name: 'domain' }));
    client.destroy();
    expect(EventBusArn).toContain('event-bus/domain');
  });

  it('keeps rows of the databases over a kill -9 and a restart, and restarts every component', async () => {
    await query(stack, 'CREATE TABLE kept AS SELECT 1 AS one');
    await stack.killComponent('postgres');
    expect(stack.processIds().postgres).toBeUndefined();
    await stack.startComponent('postgres');
    expect(await query(stack, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    await queryMariadb(stack, 'INSERT INTO noted VALUES (7)');
    await stack.killComponent('mariadb');
    await stack.startComponent('mariadb');
    expect(await queryMariadb(stack, 'SELECT id FROM noted')).toEqual([{ id: 7 }]);
    await stack.killComponent('kafka');
    await stack.startComponent('kafka');
    await stack.restartComponent('connect');
    expect(Object.keys(stack.processIds()).sort()).toEqual([...componentNames].sort());
  });

  it('needs less than 3 GB of memory', () => {
    const usedMb = allProcessIds(stack).reduce((sum, pid) => sum + residentMemoryMb(pid), 0);
    expect(usedMb).toBeLessThan(memoryLimitMb);
  });

  it('stops with no process left', async () => {
    const pids = stillAlive(allProcessIds(stack)); // short-lived ones, such as PostgreSQL's workers, may have ended
    expect(pids.length).toBeGreaterThanOrEqual(componentNames.length);
    await stack.stop();
    expect(stillAlive(pids)).toEqual([]);
  });
});

describe('a start that cannot succeed', () => {
  it('names the port in use, who holds it and the variable, before anything starts', async () => {
    const server = createServer().listen({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const events: string[] = [];
    const start = startStack({
      form: 'native',
      components: ['postgres', 'dynamodb'],
      ports: { postgres: port },
      onProgress: ({ kind }) => events.push(kind),
    });
    await expect(start).rejects.toMatchObject({ code: 'HYBRIDGE_STACK_PORT_IN_USE', port });
    await expect(start).rejects.toThrow(`process ${process.pid}`);
    await expect(start).rejects.toThrow('HYBRIDGE_POSTGRES_PORT');
    expect(events).not.toContain('component-starting');
    server.close();
  });

  it('ends what it started when a component fails, and shows the end of its log', async () => {
    const runDirectory = mkdtempSync(join(openCache(config.cacheDirectory).runs, 'broken-'));
    chmodSync(runDirectory, 0o755);
    const cluster = join(runDirectory, 'data/postgres');
    mkdirSync(cluster, { recursive: true });
    writeFileSync(join(cluster, 'PG_VERSION'), 'not a cluster');
    const stopped: string[] = [];
    const start = startStack({
      form: 'native',
      components: ['postgres', 'dynamodb'],
      ports: 'free',
      runDirectory,
      onProgress: (event) => event.kind === 'component-stopped' && stopped.push(event.component),
    });
    await expect(start).rejects.toMatchObject({ code: 'HYBRIDGE_STACK_COMPONENT_FAILED', component: 'postgres' });
    await expect(start).rejects.toThrow(/ended while starting[^]*postgresql.conf[^]*postgres\.log/);
    expect(stopped).toContain('dynamodb');
    expect(readFileSync(join(runDirectory, 'run.json'), 'utf8')).toContain('"processes": {}');
    rmSync(runDirectory, { recursive: true });
  });

  it('ends what it started when it is aborted', async () => {
    const controller = new AbortController();
    const stopped: string[] = [];
    const start = startStack({
      form: 'native',
      components: ['postgres', 'dynamodb'],
      ports: 'free',
      signal: controller.signal,
      onProgress: (event) => {
        // Its data is copied first, so the other has been started by then.
        const isLast = event.kind === 'component-ready' && event.component === 'postgres';
        if (isLast) controller.abort(new Error('changed my mind'));
        if (event.kind === 'component-stopped') stopped.push(event.component);
      },
    });
    await expect(start).rejects.toThrow('changed my mind');
    expect(stopped.sort()).toEqual(['dynamodb', 'postgres']);
  });
});

describe('a component that crashes later', () => {
  it('is reported with its signal and log', async () => {
    let report: (crash: ComponentCrash) => void = () => {};
    const crashed = new Promise<ComponentCrash>((resolve) => (report = resolve));
    await using stack = await startStack({ form: 'native', components: ['postgres'], ports: 'free', onCrash: report });
    process.kill(stack.processIds().postgres ?? 0, 'SIGKILL');
    expect(await crashed).toMatchObject({ component: 'postgres', signal: 'SIGKILL' });
    expect(stack.processIds().postgres).toBeUndefined();
  });
});

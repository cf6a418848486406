/** The first load of a table by puts: what it makes, who waits for it, and what a crash leaves to the next projector. */
import { CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { type LocalStack, startStack, total } from '@hybridge/local-stack';
import { silentLogger } from '@hybridge/observability';
import {
  type Item,
  ItemState,
  Meta,
  ServingState,
  claimServing,
  formatKey,
  isControlKey,
  keyOf,
  openServing,
  readServing,
  stateOf,
} from '@hybridge/protocol';
import { createDynamoDbClient, createItemReader, createItemStore } from '@hybridge/sink-dynamodb';
import { createKafkaClient, ensureTopics } from '@hybridge/source-kafka';
import { pause } from '@hybridge/runtime';
import type { Kafka, Message } from 'kafkajs';
import { eventually } from '../loop/eventually.ts';
import { PARTITIONS, createAddressChanges } from './address-changes.ts';
import { type RunningProjector, startProjectorProcess } from './running-projector.ts';

const ROWS = 2_000;
const CHANGES = 2_500;
const QUICK = { PROJECTOR_LOAD_LEASE_MS: '1000', PROJECTOR_LOAD_GRACE_MS: '1500' };

let stack: LocalStack;
let kafka: Kafka;
let client: ReturnType<typeof createDynamoDbClient>;
let prefixes = 0;

beforeAll(async () => {
  stack = await startStack({ form: 'native', components: ['kafka', 'dynamodb'], ports: 'free' });
  const { region, dynamodb, credentials } = stack.endpoints;
  kafka = createKafkaClient({ brokers: stack.endpoints.kafka.brokers, clientId: 'test', logger: silentLogger() });
  client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
}, 300_000);

afterAll(async () => {
  client?.destroy();
  await stack?.stop();
});

/** An empty table. */
async function table(tableName: string) {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.1 }, { TableName: tableName });
  const store = createItemStore(client, { tableName });
  const reader = createItemReader(client, { tableName });
  return {
    tableName,
    store,
    serving: async () => (await readServing(store))?.state,
    /** By key, without what differs from write to write. */
    async items(): Promise<ReadonlyMap<string, Item>> {
      const items = new Map<string, Item>();
      for await (const item of reader.scan({ consistent: true })) {
        if (isControlKey(keyOf(item))) continue;
        const { [Meta.nonce]: _, [Meta.expiry]: _x, [Meta.negativeExpiry]: _nx, ...rest } = item;
        items.set(formatKey(keyOf(item)), rest);
      }
      return items;
    },
  };
}

type Table = Awaited<ReturnType<typeof table>>;

/** Topics of their own for one test. */
async function topics() {
  const prefix = `load${++prefixes}-`;
  const topic = `${prefix}shop.public.addresses`;
  await ensureTopics(kafka, { topics: [topic], partitions: PARTITIONS, replicationFactor: 1 });
  const send = async (messages: Message[]): Promise<void> => {
    const producer = kafka.producer();
    await producer.connect();
    for (let at = 0; at < messages.length; at += 500)
      await producer.send({ topic, messages: messages.slice(at, at + 500) });
    await producer.disconnect();
  };
  return { prefix, topic, send };
}

type Topics = Awaited<ReturnType<typeof topics>>;

const start = (
  { prefix }: Topics,
  { tableName }: Table,
  bulk: boolean,
  more: Readonly<Record<string, string>> = {},
): Promise<RunningProjector> =>
  startProjectorProcess(stack, { prefix, groupId: `${prefix}-${tableName}`, tableName, bulk, more });

/** Items there are when none came for half a second. */
async function settledCount({ items }: Table): Promise<number> {
  let count = (await items()).size;
  for (;;) {
    await pause(500);
    const next = (await items()).size;
    if (next === count) return count;
    count = next;
  }
}

/** Waits until the group of a table has committed all of the topic. */
async function drained({ prefix, topic }: Topics, { tableName }: Table): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await eventually(`${tableName} holds all of ${topic}`, async () => {
      const ends = await admin.fetchTopicOffsets(topic);
      const [of] = await admin.fetchOffsets({ groupId: `${prefix}-${tableName}`, topics: [topic] });
      const done = new Map((of?.partitions ?? []).map(({ partition, offset }) => [partition, offset]));
      return ends.every(({ partition, high }) => done.get(partition) === high);
    });
  } finally {
    await admin.disconnect();
  }
}

/** What the ordinary way makes of the topic. */
async function ordinaryItems(of: Topics): Promise<ReadonlyMap<string, Item>> {
  const reference = await table(`${of.prefix}-ordinary`);
  await using _projector = await start(of, reference, false);
  await drained(of, reference);
  return reference.items();
}

const isOpen = (of: Table) => async () => (await of.serving()) === ServingState.open;

it('makes the items that the ordinary way makes, of replays and partial events too, and opens the table', async () => {
  const of = await topics();
  const log = createAddressChanges();
  const changes = [...log.snapshot(ROWS), ...log.changes(CHANGES, ROWS + 300)];
  // What came last once more, as after a crash of the connector, and so far the first half of it again, as after another.
  await of.send([...changes, ...changes.slice(-CHANGES), ...changes.slice(-CHANGES, -CHANGES / 2)]);
  const loaded = await table('loaded');
  await using projector = await start(of, loaded, true);
  await eventually('the table is open', isOpen(loaded));
  await drained(of, loaded);
  expect(await projector.notes()).toEqual([]);

  const metrics = await projector.metrics();
  expect(total(metrics, 'projector_loading')).toBe(0);
  expect(total(metrics, 'projector_load_puts_total')).toBeGreaterThan(ROWS / 2);

  const items = await loaded.items();
  const live = [...items.values()].filter((item) => stateOf(item) === ItemState.live);
  expect(live).toHaveLength(log.rows);
  expect(items.size).toBeGreaterThan(log.rows);
  expect(items).toEqual(await ordinaryItems(of));

  await of.send(log.changes(50, ROWS));
  await drained(of, loaded);
  expect(total(await projector.metrics(), 'projector_load_puts_total')).toBe(
    total(metrics, 'projector_load_puts_total'),
  );
  expect([...(await loaded.items()).values()].filter((item) => stateOf(item) === ItemState.live)).toHaveLength(
    log.rows,
  );
}, 180_000);

it('opens at once where there is nothing to load', async () => {
  const of = await topics();
  const empty = await table('empty');
  await using _projector = await start(of, empty, true);
  await eventually('the table is open', isOpen(empty));
}, 60_000);

it('writes nothing while another projector loads', async () => {
  const of = await topics();
  const waiting = await table('waiting');
  await claimServing(waiting.store, { state: ServingState.loading, nonce: 'loader' });
  await of.send(createAddressChanges().snapshot(20));
  await using projector = await start(of, waiting, false);
  await eventually('it waits', async () => (await projector.notes())?.join().includes('another projector'));
  expect((await waiting.items()).size).toBe(0);
  expect(await openServing(waiting.store, 'loader', 'done')).toBe(true);
  await drained(of, waiting);
  expect((await waiting.items()).size).toBe(20);
  expect(await projector.notes()).toEqual([]);
}, 60_000);

it('is followed by an ordinary projector when it is killed', async () => {
  const of = await topics();
  const log = createAddressChanges();
  await of.send([...log.snapshot(3 * ROWS), ...log.changes(CHANGES, 3 * ROWS)]);
  const killed = await table('killed');
  const loader = await start(of, killed, true, QUICK);
  await eventually('it loads', async () => (await killed.items()).size > 0);
  await loader.end('SIGKILL');
  expect(await killed.serving()).toBe(ServingState.loading);

  const before = await settledCount(killed); // puts that the loader had sent may still arrive
  await using next = await start(of, killed, true, QUICK);
  await eventually('it waits', async () => (await next.notes())?.join().includes('another projector'));
  expect((await killed.items()).size).toBe(before);
  await eventually('the table is open', isOpen(killed));
  await drained(of, killed);
  expect(total(await next.metrics(), 'projector_load_puts_total')).toBe(0);
  const items = await killed.items();
  expect([...items.values()].filter((item) => stateOf(item) === ItemState.live)).toHaveLength(log.rows);
  expect(items).toEqual(await ordinaryItems(of));
}, 180_000);

/** Rows that embed another one, on DynamoDB: conditions in batches, and a fan-out that two workers share. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { createMetrics, silentLogger } from '@hybridge/observability';
import { createJobLane, createProjectorMetrics } from '@hybridge/projector';
import { type FanOutPorts, type ItemStore, type RowChange, jobKey, jobOf, text } from '@hybridge/protocol';
import {
  createBatchedItemStore,
  createDynamoDbClient,
  createItemReader,
  createItemStore,
  createPartitionReader,
} from '@hybridge/sink-dynamodb';
import { rowChange, testContext } from '@hybridge/testkit';
import {
  type AnyView,
  type ViewRelation,
  column,
  createCatalog,
  embed,
  int4,
  keyOfRow,
  linksOf,
  notNull,
  nullable,
  projectRow,
  shapeOf,
  source,
  storeRowChange,
  table,
  tellOthers,
  text as textCodec,
  toDocument,
  view,
} from '@hybridge/views';

jest.setTimeout(180_000);

const CHILDREN = 1_000;
const test = source('test', 'postgres');
const people = table({
  source: test,
  name: 'public.people',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), name: notNull(textCodec()) },
});
const pets = table({
  source: test,
  name: 'public.pets',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), owner: nullable(int4()), name: notNull(textCodec()) },
});
const petsView = view('pets', {
  table: pets,
  key: { pk: ['f1', column('id')], sk: ['PET'] },
  attributes: { name: 'name' },
  embed: { owner: embed(people, { on: ['owner'], attributes: { name: 'name' }, shards: 2 }) },
});
const catalog = createCatalog([petsView]);
const [{ base: owners }] = petsView.relations as readonly [ViewRelation];

let stack: LocalStack;
let client: DynamoDBClient;
let tableName: string;
let ports: FanOutPorts;
let sent: string[] = [];
let nonces = 0;
const context = { ...testContext({ nowMs: Date.now() }), now: Date.now, nonce: () => `n${++nonces}` };

beforeAll(async () => {
  stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
  const { region, dynamodb, credentials } = stack.endpoints;
  client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        sent.push(commandName ?? '');
        return next(args);
      },
    { step: 'initialize' },
  );
  ({ tableName } = await provisionTablesOnly(stack.endpoints));
  ports = {
    store: createBatchedItemStore(client, { tableName, maxCalls: 8 }),
    partitions: createPartitionReader(createItemReader(client, { tableName })),
    relations: catalog.relations,
    context,
  };
});

afterAll(async () => {
  client?.destroy();
  await stack?.stop();
});

const ids = Array.from({ length: CHILDREN }, (_, i) => i);
const petKey = (id: number) => keyOfRow(petsView, { id: { N: String(id) } });
const ownerKey = (id: number) => keyOfRow(owners, { id: { N: String(id) } });

function changeOf(of: AnyView, row: Parameters<typeof projectRow>[1], n: number): RowChange {
  return rowChange({ n, key: keyOfRow(of, row), columns: projectRow(of, row) ?? {}, shape: shapeOf(of) });
}

async function writePet(id: number, owner: number, n: number, guess: 'same' | 'other'): Promise<void> {
  const row = { id: { N: String(id) }, owner: { N: String(owner) }, name: text(`pet ${n}`) };
  await storeRowChange(ports, petsView, { change: changeOf(petsView, row, n), links: linksOf(petsView, row), guess });
}

async function writeOwner(id: number, name: string, n: number): Promise<'done' | 'queued'> {
  const change = changeOf(owners, { id: { N: String(id) }, name: text(name) }, n);
  await storeRowChange(ports, owners, { change, links: {}, guess: 'same' });
  return tellOthers(ports, ownerKey(id), 100);
}

const shown = async (some: readonly number[] = ids) => {
  const items = await createItemReader(client, { tableName }).batchGet(some.map(petKey));
  return items.map((item) => (item === undefined ? undefined : toDocument(petsView, item)));
};

const ownersShown = async (some?: readonly number[]) =>
  [...new Set((await shown(some)).map((pet) => JSON.stringify(pet?.['owner'])))].toSorted();

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2_000 && !(await isSo()); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await isSo()).toBe(true);
}

/** A worker of another process, which ends when it is told to. */
function worker(store: ItemStore = createItemStore(client, { tableName })) {
  const stopping = new AbortController();
  let refreshed = 0;
  const lane = createJobLane(
    {
      ports: { ...ports, store, onTold: (counts) => void (refreshed += counts.refreshed + counts.current) },
      knows: () => true,
      metrics: createProjectorMetrics(createMetrics('projector', { process: false })),
      logger: silentLogger(),
    },
    { itemsPerSecond: 2_000, intervalMs: 20, patienceMs: 200 },
  );
  const ended = lane.run(stopping.signal);
  return {
    told: () => refreshed,
    kill: () => stopping.abort(),
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

const jobIs = async () => {
  const item = await ports.store.get(jobKey(ownerKey(1).pk));
  return item === undefined ? undefined : jobOf(item);
};

it('stores rows with what they embed in batches, and those that point where they did with one write each', async () => {
  await writeOwner(1, 'Ada', 1);
  await Promise.all(ids.map((id) => writePet(id, 1, 2, 'other')));
  expect(await ownersShown()).toEqual(['{"name":"Ada"}']);
  sent = [];
  await Promise.all(ids.map((id) => writePet(id, 1, 3, 'same')));
  expect(new Set(sent)).toEqual(new Set(['BatchExecuteStatementCommand']));
  expect(sent.length).toBeLessThanOrEqual(CHILDREN / 25 + 2);
  expect((await shown([0, 999])).map((pet) => pet?.['name'])).toEqual(['pet 3', 'pet 3']);
});

it('writes children and what their parent tells them at the same time, in the same batches', async () => {
  const few = ids.slice(0, 60);
  await Promise.all(few.map((id) => writePet(id, 2, 4, 'other')));
  for (let n = 5; n < 15; n++) {
    await Promise.all([writeOwner(2, `Bo ${n}`, n), ...few.map((id) => writePet(id, 2, n, 'same'))]);
  }
  expect(await ownersShown(few)).toEqual(['{"name":"Bo 14"}']);
  await Promise.all(few.map((id) => writePet(id, 1, 15, 'other')));
  expect(await ownersShown()).toEqual(['{"name":"Ada"}']);
});

it('tells a thousand rows by a job that two workers share, one of which is killed between pages', async () => {
  expect(await writeOwner(1, 'Ann', 20)).toBe('queued');
  const doomed = worker();
  await until(async () => ((await jobIs())?.visited ?? 0) >= 100);
  doomed.kill();
  expect(await jobIs()).toBeDefined();
  expect((await ownersShown()).length).toBe(2);

  const workers = [worker(), worker()];
  await until(async () => (await jobIs()) === undefined);
  expect(await ownersShown()).toEqual(['{"name":"Ann"}']);
  expect(workers.reduce((sum, { told }) => sum + told(), 0)).toBeLessThan(CHILDREN + 200);
  await Promise.all(workers.map(({ stop }) => stop()));
});

it('tells them of a deletion too', async () => {
  const gone = rowChange({ n: 30, kind: 'delete', key: ownerKey(1), shape: shapeOf(owners) });
  await storeRowChange(ports, owners, { change: gone, links: undefined, guess: 'other' });
  expect(await tellOthers(ports, ownerKey(1), 100)).toBe('queued');
  const one = worker();
  await until(async () => (await jobIs()) === undefined);
  await one.stop();
  expect(await ownersShown()).toEqual(['null']);
});

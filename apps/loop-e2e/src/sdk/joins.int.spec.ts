/** Joined documents by the SDK, on PostgreSQL and DynamoDB; rows come into the view as the projector brings them. */
import { randomBytes } from 'node:crypto';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { createDynamoDbClient, createItemReader, createPartitionReader } from '@hybridge/reader-dynamodb';
import { type SqlPool, createRowReader, createSqlPool } from '@hybridge/reader-sql';
import { type Hybridge, createHybridge, createProtocolContext } from '@hybridge/sdk';
import { createItemStore } from '@hybridge/sink-dynamodb';
import { type RowTexts, createRowStore } from '@hybridge/testkit';
import {
  type AnyTable,
  column,
  createCatalog,
  embed,
  int4,
  int8,
  notNull,
  nullable,
  source,
  table,
  text,
  view,
} from '@hybridge/views';
import pg from 'pg';

const schema = `joins_${randomBytes(4).toString('hex')}`;
const shop = source('shop', 'postgres');
const countries = table({
  source: shop,
  name: `${schema}.countries`,
  primaryKey: ['code'],
  columns: { code: notNull(text()), title: notNull(text()) },
});
const customers = table({
  source: shop,
  name: `${schema}.customers`,
  primaryKey: ['id'],
  columns: { id: notNull(int8()), name: notNull(text()), country: nullable(text()) },
});
const orderRows = table({
  source: shop,
  name: `${schema}.orders`,
  primaryKey: ['id'],
  columns: { id: notNull(int8()), customer_id: notNull(int8()), note: nullable(text()) },
});
const lineRows = table({
  source: shop,
  name: `${schema}.lines`,
  primaryKey: ['order_id', 'nr'],
  columns: { order_id: notNull(int8()), nr: notNull(int4()), sku: notNull(text()) },
});
const lines = view('joins-lines', {
  table: lineRows,
  key: { pk: [schema, 'ORDER', column('order_id')], sk: ['LINE', column('nr')] },
  attributes: { sku: 'sku' },
});
const country = embed(countries, { on: ['country'], attributes: { title: 'title' } });
const orders = view('joins-orders', {
  table: orderRows,
  key: { pk: [schema, 'ORDER', column('id')], sk: ['ORDER'] },
  attributes: { id: 'id', note: 'note' },
  embed: { customer: embed(customers, { on: ['customer_id'], attributes: { name: 'name' }, embed: { country } }) },
  collect: { lines },
  changes: { allow: ['note'] },
});
const ordersOf = view('joins-orders-of', {
  table: orderRows,
  key: { pk: [`${schema}m`, 'CUSTOMER', column('customer_id')], sk: ['ORDER', column('id')] },
  attributes: { note: 'note' },
});
const catalog = createCatalog([orders, lines, ordersOf]);

const by = 'customer:1';

describe('joined documents by the SDK, on PostgreSQL and DynamoDB', () => {
  let stack: LocalStack;
  let client: ReturnType<typeof createDynamoDbClient>;
  let pool: SqlPool;
  let writer: pg.Client;
  let hybridge: Hybridge;
  let storeRow: ReturnType<typeof createRowStore>;
  let versions = 0;
  /** Calls of DynamoDB by name, as they leave the client. */
  let calls: string[] = [];

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['postgres', 'dynamodb'], ports: 'free' });
    const { region, dynamodb, credentials, postgres } = stack.endpoints;
    client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          calls.push(commandName?.replace('Command', '') ?? '');
          return next(args);
        },
      { step: 'initialize' },
    );
    const { tableName } = await provisionTablesOnly(stack.endpoints);
    const context = createProtocolContext();
    const store = createItemStore(client, { tableName });
    const items = createItemReader(client, { tableName });
    const partitions = createPartitionReader(items);
    storeRow = createRowStore({ store, context, partitions, relations: catalog.relations }, catalog);
    pool = createSqlPool({ url: postgres.url, applicationName: 'sdk-joins-tests' });
    hybridge = createHybridge({ catalog, items, store, rows: createRowReader({ pool }), context });
    writer = new pg.Client({ connectionString: postgres.url });
    await writer.connect();
    await writer.query(`create schema "${schema}"; set search_path to "${schema}";
      create table countries (code text primary key, title text not null);
      create table customers (id bigint primary key, name text not null, country text);
      create table orders (id bigint primary key, customer_id bigint not null, note text);
      create table lines (order_id bigint, nr int, sku text not null, primary key (order_id, nr))`);
    await project(countries, { code: 'NL', title: 'Netherlands' });
    await hybridge.get(orders, [0]); // the first read of a process also opens the table
  }, 300_000);
  afterAll(async () => {
    await writer?.query(`drop schema "${schema}" cascade`);
    await writer?.end();
    await pool?.[Symbol.asyncDispose]();
    client?.destroy();
    await stack?.stop();
  });

  const project = (of: AnyTable, row: RowTexts, kind: 'upsert' | 'delete' = 'upsert'): Promise<void> =>
    storeRow({ table: of, row, n: ++versions, kind });
  const order = (id: number, customer: number) => ({ id: String(id), customer_id: String(customer), note: null });
  const customer = (id: number, name: string, code: string | null = null) => ({ id: String(id), name, country: code });
  const line = (id: number, nr: number) => ({ order_id: String(id), nr: String(nr), sku: `sku ${nr}` });

  it('shows what is embedded, in every kind of read, as it is now', async () => {
    await project(customers, customer(1, 'Ada', 'NL'));
    await project(orderRows, order(1, 1));
    await writer.query('insert into orders values (2, 1, null)');
    const shown = { name: 'Ada', country: { title: 'Netherlands' } };
    const [stored, filled] = await hybridge.batchGet(orders, [[1], [2]]);
    expect([stored?.document.customer, filled?.document.customer]).toEqual([shown, shown]);
    expect([stored?.source, filled?.source]).toEqual(['item', 'fill']);
    await project(customers, customer(1, 'Ada L.'));
    for (const id of [1, 2]) {
      const [listed] = (await hybridge.query(orders, [id])).items;
      expect(listed?.document.customer).toEqual({ name: 'Ada L.', country: null });
    }
    await project(customers, customer(1, 'Ada L.'), 'delete');
    expect((await hybridge.get(orders, [1]))?.document).toEqual({ id: '1', note: null, customer: null });
  });

  it('gives another version with an embedded row, and takes the one before for a change', async () => {
    await project(customers, customer(3, 'Ada'));
    await project(orderRows, order(3, 3));
    const seen = (await hybridge.get(orders, [3]))?.version;
    await project(customers, customer(3, 'Grace'));
    expect((await hybridge.get(orders, [3]))?.version).not.toBe(seen);
    const change = () => hybridge.change(orders, [3], { op: 'update', set: { note: 'x' } }, { by, ifMatch: seen });
    const { token, version, document } = await change();
    expect(document).toEqual({ id: '3', note: 'x', customer: { name: 'Grace', country: null } });
    expect(await hybridge.get(orders, [3], { after: token })).toMatchObject({ version, document });
    await expect(change()).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_PRECONDITION_FAILED' });
    const set = { customer: null } as never;
    await expect(hybridge.change(orders, [3], { op: 'update', set }, { by })).rejects.toThrow('embedded');
  });

  it('answers a document and what it collects with one query, and page by page', async () => {
    await project(customers, customer(4, 'Ada'));
    await project(orderRows, order(4, 4));
    for (const nr of [1, 2, 3]) await project(lineRows, line(4, nr));
    await project(lineRows, line(5, 1));
    calls = [];
    const all = await hybridge.getCollection(orders, [4]);
    expect(calls).toEqual(['Query']);
    expect(all.found?.document.customer).toEqual({ name: 'Ada', country: null });
    expect(all.items.lines.map(({ key }) => key.join(','))).toEqual(['4,1', '4,2', '4,3']);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await hybridge.getCollection(orders, [4], { limit: 2, cursor, order: 'descending' });
      expect(page.found).toEqual(all.found);
      seen.push(...page.items.lines.map(({ document }) => document.sku));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(['sku 3', 'sku 2', 'sku 1']);
  });

  it('finds a document that moves where it lies, and nowhere else', async () => {
    await project(orderRows, order(6, 7));
    await project(orderRows, order(6, 8));
    expect(await hybridge.get(ordersOf, [7, 6])).toBeUndefined();
    expect((await hybridge.query(ordersOf, [8])).items).toMatchObject([{ key: ['8', '6'], document: { note: null } }]);
    await writer.query('insert into orders values (9, 10, null)');
    expect(await hybridge.batchGet(ordersOf, [[11, 9], [10, 9]])).toMatchObject([undefined, { source: 'fill' }]); // prettier-ignore
  });
});

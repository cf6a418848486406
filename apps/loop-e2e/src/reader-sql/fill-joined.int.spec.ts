import { randomBytes } from 'node:crypto';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { type FanOutPorts, type ItemStore, ItemState, stateOf, text } from '@hybridge/protocol';
import { createDynamoDbClient, createItemReader, createPartitionReader } from '@hybridge/reader-dynamodb';
import {
  type FillResult,
  type SqlPool,
  type TableReader,
  createFiller,
  createRowReader,
  createSqlPool,
  fillItem,
} from '@hybridge/reader-sql';
import { createProtocolContext } from '@hybridge/sdk';
import { createItemStore } from '@hybridge/sink-dynamodb';
import { rowChange } from '@hybridge/testkit';
import {
  type AnyView,
  type Row,
  anchorOfRow,
  column,
  concernsOthers,
  createCatalog,
  embed,
  int8,
  keyFromParts,
  keyOfRow,
  linksOf,
  mustBeFilled,
  notNull,
  nullable,
  placeOfRow,
  projectRow,
  shapeOf,
  source,
  storeRowChange,
  table,
  tellOthers,
  text as textColumn,
  toDocument,
  view,
} from '@hybridge/views';
import pg from 'pg';

const schema = `joined_${randomBytes(4).toString('hex')}`;
const shop = source('shop', 'postgres');

const countries = table({
  source: shop,
  name: `${schema}.countries`,
  primaryKey: ['code'],
  columns: { code: notNull(textColumn()), title: notNull(textColumn()) },
});
const customers = table({
  source: shop,
  name: `${schema}.customers`,
  primaryKey: ['id'],
  columns: { id: notNull(int8()), full_name: notNull(textColumn()), country: nullable(textColumn()) },
});
const orders = view('joined-orders', {
  table: table({
    source: shop,
    name: `${schema}.orders`,
    primaryKey: ['id'],
    columns: { id: notNull(int8()), status: notNull(textColumn()), customer_id: nullable(int8()) },
  }),
  key: { pk: [schema, 'ORDER', column('id')], sk: ['ORDER'] },
  attributes: { status: 'status' },
  embed: {
    customer: embed(customers, {
      on: ['customer_id'],
      attributes: { name: 'full_name' },
      embed: { country: embed(countries, { on: ['country'], attributes: { title: 'title' } }) },
    }),
  },
  mode: 'lazy',
});
const lines = view('joined-lines', {
  table: table({
    source: shop,
    name: `${schema}.lines`,
    primaryKey: ['id'],
    columns: { id: notNull(int8()), order_id: nullable(int8()), sku: notNull(textColumn()) },
  }),
  key: { pk: [schema, 'ORDER', column('order_id')], sk: ['LINE', column('id')] },
  attributes: { sku: 'sku' },
  mode: 'lazy',
});
const catalog = createCatalog([orders, lines]);
const customerBase = catalog.byName('joined-orders.customer');
const countryBase = catalog.byName('joined-orders.customer.country');

describe('fills of joined views, on PostgreSQL and DynamoDB', () => {
  let stack: LocalStack;
  let client: ReturnType<typeof createDynamoDbClient>;
  let pool: SqlPool;
  let rows: TableReader;
  let writer: pg.Client;
  let store: ItemStore;
  let fanOut: FanOutPorts;
  const context = createProtocolContext();
  let changes = 0;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['postgres', 'dynamodb'], ports: 'free' });
    const { region, dynamodb, credentials, postgres } = stack.endpoints;
    client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
    const { tableName } = await provisionTablesOnly(stack.endpoints);
    store = createItemStore(client, { tableName });
    const partitions = createPartitionReader(createItemReader(client, { tableName }));
    fanOut = { store, partitions, relations: catalog.relations, context };
    pool = createSqlPool({ url: postgres.url, applicationName: 'fill-joined-tests' });
    rows = createRowReader({ pool });
    writer = new pg.Client({ connectionString: postgres.url });
    await writer.connect();
    await writer.query(`create schema "${schema}"; set search_path to "${schema}";
      create table countries (code text primary key, title text not null);
      create table customers (id bigint primary key, full_name text not null, country text);
      create table orders (id bigint primary key, status text not null, customer_id bigint);
      create table lines (id bigint primary key, order_id bigint, sku text not null)`);
  });
  beforeEach(() => writer.query('truncate countries, customers, orders, lines'));
  afterAll(async () => {
    await writer.query(`drop schema "${schema}" cascade`);
    await writer.end();
    await pool[Symbol.asyncDispose]();
    client.destroy();
    await stack.stop();
  });

  /** What the projector does about a row's last change; SQL stands for the event. */
  const project = async (of: AnyView, key: Row): Promise<void> => {
    const n = ++changes;
    const { row } = await rows.read(of, key);
    const place = row && placeOfRow(of, row);
    const anchor = anchorOfRow(of, key);
    const itemKey = of.moves ? (place ?? anchor) : keyOfRow(of, key);
    const change = rowChange({
      n,
      key: itemKey,
      kind: row === undefined ? 'delete' : 'upsert',
      columns: (row && projectRow(of, row)) ?? {},
      shape: shapeOf(of),
    });
    const linked = {
      change: { ...change, transaction: undefined },
      links: row && linksOf(of, row),
      guess: 'other' as const,
      ...(of.moves ? { move: { anchor, place } } : {}),
    };
    const ended = await storeRowChange({ store, context }, of, linked);
    if (mustBeFilled(of, ended.outcome)) await fillItem({ store, rows, context }, of, itemKey, key);
    if (concernsOthers(of, linked, ended)) await tellOthers(fanOut, itemKey);
  };
  const setCustomer = async (id: number, name: string, country: string | null = null): Promise<void> => {
    await writer.query(
      `insert into customers values ($1, $2, $3) on conflict (id) do update set full_name = $2, country = $3`,
      [id, name, country],
    );
    await project(customerBase, keyFromParts(customerBase, [String(id)]));
  };
  const setCountry = async (code: string, title: string): Promise<void> => {
    await writer.query(`insert into countries values ($1, $2) on conflict (code) do update set title = $2`, [
      code,
      title,
    ]);
    await project(countryBase, keyFromParts(countryBase, [code]));
  };
  const place = (of: AnyView, ...parts: (string | number)[]) => {
    const keyRow = keyFromParts(of, parts.map(String));
    return { view: of, keyRow, itemKey: keyOfRow(of, keyRow) };
  };
  const fill = ({ view: of, itemKey, keyRow }: ReturnType<typeof place>, through = store) =>
    fillItem({ store: through, rows, context }, of, itemKey, keyRow);
  const shown = (of: AnyView, { columns }: FillResult) => columns && toDocument(of, columns);
  const stored = async (at: ReturnType<typeof place>) => {
    const item = await store.get(at.itemKey);
    return item && stateOf(item) === ItemState.live ? toDocument(at.view, item) : undefined;
  };

  it('stores rows with their parents, and parents that come later', async () => {
    await writer.query(`insert into orders values (1, 'placed', 5), (2, 'placed', null)`);
    expect(shown(orders, await fill(place(orders, 1)))).toEqual({ status: 'placed', customer: null });
    expect(shown(orders, await fill(place(orders, 2)))).toEqual({ status: 'placed', customer: null });
    await setCustomer(5, 'Ada', 'NL');
    await setCountry('NL', 'Netherlands');
    const document = { status: 'placed', customer: { name: 'Ada', country: { title: 'Netherlands' } } };
    expect(await stored(place(orders, 1))).toEqual(document);
    await writer.query(`insert into orders values (3, 'placed', 5)`);
    expect(shown(orders, await fill(place(orders, 3)))).toEqual(document);
  });

  it('begins a fill again that a change of the parent ends', async () => {
    await writer.query(`insert into orders values (11, 'placed', 6)`);
    await setCustomer(6, 'Ada');
    let interruptions = 0;
    const through: ItemStore = {
      ...store,
      get: async (key) => {
        const item = await store.get(key);
        if (key.pk.startsWith('A#') && interruptions++ === 0) await setCustomer(6, 'Grace');
        return item;
      },
    };
    const result = await fill(place(orders, 11), through);
    expect([result.outcome, shown(orders, result)]).toEqual([
      'filled',
      { status: 'placed', customer: { name: 'Grace', country: null } },
    ]);
    expect(interruptions).toBeGreaterThan(1);
  });

  it('shows the parent in an answer that is not stored', async () => {
    await writer.query(`insert into orders values (21, 'placed', 7)`);
    await setCustomer(7, 'Ada');
    const through: ItemStore = {
      ...store,
      write: async (write) => {
        if (write.expression === 'fill') await project(orders, place(orders, 21).keyRow);
        return store.write(write);
      },
    };
    const result = await fill(place(orders, 21), through);
    expect(result).toMatchObject({ outcome: 'uncached', reason: 'overtaken' });
    expect(shown(orders, result)).toEqual({ status: 'placed', customer: { name: 'Ada', country: null } });
  });

  it('converges with SQL whatever parents and children do while several readers fill', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => 100 + i);
    await setCountry('DE', 'Germany');
    for (const id of ids) await writer.query(`insert into orders values ($1, 'placed', $2)`, [id, 50 + (id % 2)]);
    const readers = [1, 2, 3].map(() => createFiller({ store, rows, context }, { gatherMs: 2 }));
    const reading = readers.map(async (reader) => {
      const results = await reader.fillMany(ids.map((id) => place(orders, id)));
      for (const { view: of, itemKey, keyRow } of ids.map((id) => place(orders, id))) {
        results.push({ status: 'fulfilled', value: await reader.fill(of, itemKey, keyRow) });
      }
      return results;
    });
    for (let round = 1; round <= 6; round++) {
      await setCustomer(50, `Ada ${round}`, 'DE');
      await setCustomer(51, `Alan ${round}`);
      await setCountry('DE', `Germany ${round}`);
      const moved = ids[round] as number;
      await writer.query(`update orders set customer_id = 101 - customer_id where id = $1`, [moved]);
      await project(orders, place(orders, moved).keyRow);
    }
    const all = (await Promise.all(reading)).flat();
    expect(all.filter(({ status }) => status === 'rejected')).toEqual([]);
    for (const id of ids) await fill(place(orders, id));
    const { rows: truth } = await writer.query(`select orders.id, status, c.full_name, n.title
      from orders left join customers c on c.id = customer_id left join countries n on n.code = c.country
      where orders.id >= 100 order by 1`);
    const items = await Promise.all(ids.map((id) => stored(place(orders, id))));
    expect(items).toEqual(
      truth.map(({ status, full_name: name, title }) => ({
        status,
        customer: { name, country: title === null ? null : { title } },
      })),
    );
  });

  it('keeps a row at one place, wherever readers look for it while it moves', async () => {
    const homes = [1, 2, 3];
    for (const line of [1, 2, 3, 4]) {
      await writer.query(`insert into lines values ($1, 1, 'PEN')`, [line]);
      const looking = homes.map(async (order) => {
        for (let i = 0; i < 6; i++) await fill(place(lines, order, line));
      });
      for (const order of [2, 3, 1, 2]) {
        await writer.query(`update lines set order_id = $1 where id = $2`, [order, line]);
        await project(lines, place(lines, order, line).keyRow);
      }
      await Promise.all(looking);
      for (const order of homes) await fill(place(lines, order, line));
      const items = await Promise.all(homes.map((order) => stored(place(lines, order, line))));
      expect(items).toEqual([undefined, { sku: 'PEN' }, undefined]);
    }
  });

  it('reads, scans and bounds rows that move by their primary key', async () => {
    await writer.query(`insert into lines values (41, 9, 'A'), (42, 8, 'B'), (43, null, 'C'), (44, 7, 'D')`);
    const [one, two, wrong] = [place(lines, 9, 41), place(lines, 8, 42), place(lines, 5, 44)];
    const found = await rows.readMany(lines, [two.keyRow, wrong.keyRow, one.keyRow]);
    expect(found.map((row) => row?.row['sku'])).toEqual([text('B'), text('D'), text('A')]);
    const scanned: Row[] = [];
    for await (const page of rows.scan(lines, { from: two.keyRow, to: wrong.keyRow, batchSize: 2 })) {
      scanned.push(...page.map(({ row }) => row));
    }
    expect(scanned.map((row) => row['sku'])).toEqual([text('B'), text('C'), text('D')]);
    expect(await rows.isWithin(lines, one.keyRow, { from: two.keyRow })).toBe(false);
    expect(await rows.isWithin(lines, wrong.keyRow, { from: two.keyRow })).toBe(true);
    const read = await createFiller({ store, rows, context }).fillMany([one, two, wrong]);
    expect(read.map((result) => result.status === 'fulfilled' && result.value.outcome)).toEqual([
      'filled',
      'filled',
      'absent',
    ]);
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BatchWriteItemCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ExitCode, run } from '@hybridge/cli';
import { addresses, catalog, customers, orders, products } from '@hybridge/definitions';
import { createDemo, createStockroom } from '@hybridge/infra-sql';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import {
  type Attributes,
  type Item,
  type ItemKey,
  ItemState,
  Meta,
  ServingState,
  claimServing,
  derivedColumns,
  keyOf,
  openServing,
  scalarOf,
  text,
} from '@hybridge/protocol';
import { type ConnectedReaders, connectReaders } from '@hybridge/reader-sql';
import { createItemStore, createParkedKeys } from '@hybridge/sink-dynamodb';
import { item, pending } from '@hybridge/testkit';
import { type AnyView, type Row, keyFromParts, keyOfRow, projectRow, shapeOf } from '@hybridge/views';
import { setAttributes } from '../stream-pipe/view-table.ts';

const SIZE = { customers: 60, products: 40, orders: 300 } as const;
/** Items one BatchWriteItem takes. */
const WRITE_SIZE = 25;

describe('the command line on PostgreSQL, MariaDB and DynamoDB', () => {
  let stack: LocalStack;
  let dynamodb: DynamoDBClient;
  let tableName: string;
  let rows: ConnectedReaders;
  let folder: string;
  let environment: Record<string, string>;
  /** In order; far above 2^53. */
  const orderIds: string[] = [];

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free', components: ['postgres', 'mariadb', 'dynamodb'] });
    const { endpoints } = stack;
    process.env['AWS_ACCESS_KEY_ID'] = endpoints.credentials.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = endpoints.credentials.secretAccessKey;
    dynamodb = new DynamoDBClient({ region: endpoints.region, endpoint: endpoints.dynamodb.endpoint });
    ({ tableName } = await provisionTablesOnly(endpoints));
    const urls = { shop: endpoints.postgres.url, stockroom: endpoints.mariadb.url };
    await createDemo({ url: urls.shop, size: SIZE });
    await createStockroom({ url: urls.stockroom, products: SIZE.products });
    const { sources } = catalog;
    rows = connectReaders({ sources, urls: new Map(Object.entries(urls)), applicationName: 'cli-tests' });
    folder = mkdtempSync(path.join(tmpdir(), 'hybridge-cli-'));
    environment = {
      HYBRIDGE_SQL_URL_SHOP: urls.shop,
      HYBRIDGE_SQL_URL_STOCKROOM: urls.stockroom,
      HYBRIDGE_DYNAMODB_ENDPOINT: endpoints.dynamodb.endpoint,
      HYBRIDGE_AWS_REGION: endpoints.region,
    };
    for (const view of catalog.views) await storeRows(view);
    // What is embedded, and who has to hear of it, are no rows to be put.
    for (const { name } of catalog.views.filter(({ relations }) => relations.length > 0)) {
      expect(await verified(`${name} --repair`)).toMatchObject({ code: ExitCode.ok, clean: true });
    }
    for await (const page of rows.scan(orders)) orderIds.push(...page.map(({ row }) => scalarOf(row['id']) as string));
  });

  afterAll(async () => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
    await rows?.[Symbol.asyncDispose]();
    dynamodb?.destroy();
    await stack?.stop();
  });

  async function storeRows(view: AnyView): Promise<void> {
    for await (const page of rows.scan(view, { batchSize: WRITE_SIZE })) {
      const puts = page.map(({ row }) => ({ PutRequest: { Item: liveItem(view, row) as never } }));
      await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } }));
    }
  }

  const liveItem = (view: AnyView, row: Row, meta: Attributes = {}): Item =>
    item({ key: keyOfRow(view, row), ...derivedColumns(shapeOf(view), projectRow(view, row) ?? {}), meta });
  const put = (one: Item) => dynamodb.send(new PutItemCommand({ TableName: tableName, Item: one as never }));
  const drop = ({ pk, sk }: ItemKey) =>
    dynamodb.send(new DeleteItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } } }));
  const keyRowOf = async (view: AnyView, ...parts: string[]): Promise<Row> =>
    (await rows.readMany(view, [keyFromParts(view, parts)]))[0]?.row as Row;

  async function hybridge(line: string, signal = new AbortController().signal) {
    const out: string[] = [];
    const err: string[] = [];
    const terminal = { out: (one: string) => out.push(one), err: (one: string) => err.push(one), environment, signal };
    const code = await run(line.split(' ').filter(Boolean), terminal);
    return { code, out: out.join('\n'), err: err.join('\n') };
  }
  const verified = async (line: string) => {
    const { code, out, err } = await hybridge(`verify ${line} --json`);
    return { code, err, ...(JSON.parse(out || '{}') as Record<string, never>) };
  };

  it('explains an item beside its row, without touching either', async () => {
    const key = keyOfRow(products, keyFromParts(products, ['7']));
    const store = createItemStore(dynamodb, { tableName });
    const before = await store.get(key);
    const { code, out } = await hybridge('explain products 7');
    expect([code, out]).toEqual([ExitCode.ok, expect.stringContaining('matched: the item says what SQL says')]);
    await drop(key);
    const missing = JSON.parse((await hybridge('explain products 7 --json')).out) as Record<string, unknown>;
    expect(missing).toMatchObject({ verdict: 'missing', item: null, parked: false, sql: { row: 'present' } });
    expect(await store.get(key)).toBeUndefined();
    await put(before as Item);
  });

  it('repairs all that differs on the way, where it is asked to', async () => {
    const ids = ['11', '12', '13'];
    const keys = ids.map((id) => keyOfRow(products, keyFromParts(products, [id])));
    await drop(keys[0] as ItemKey);
    await put(liveItem(products, { ...(await keyRowOf(products, '12')), name: text('another') }));
    await drop(keys[2] as ItemKey);
    expect(await verified('products --repair')).toMatchObject({
      code: ExitCode.ok,
      clean: true,
      repairs: { filled: 3 },
      views: [{ view: 'products', counts: { missing: 2, stale: 1 } }],
    });
    expect(await verified('products')).toMatchObject({ code: ExitCode.ok, views: [{ differences: [] }] });
  });

  it('shows that the table is being loaded, and leaves its items alone until it is open', async () => {
    const store = createItemStore(dynamodb, { tableName });
    const key = keyOfRow(products, keyFromParts(products, ['5']));
    const keys = createParkedKeys(dynamodb, { tableName });
    expect((await hybridge('status')).out).toContain(`table ${tableName}: unclaimed`);
    await claimServing(store, { state: ServingState.loading, nonce: 'n1' });
    await drop(key);
    await keys.park({ view: 'products', key, reason: 'test', topic: 't', partition: 0, offset: '0', at: 0 });
    expect((await hybridge('status')).out).toContain(`table ${tableName}: loading`);
    for (const command of ['repair', 'release']) {
      const refused = await hybridge(`${command} products 5`);
      expect(refused).toMatchObject({ code: ExitCode.failed, out: '', err: expect.stringContaining(tableName) });
    }
    expect([await keys.has(key), await store.get(key)]).toEqual([true, undefined]);
    const { code, out } = await hybridge('verify products');
    expect(out).toContain('1 difference(s), but table');
    expect(code).toBe(ExitCode.failed);

    await openServing(store, 'n1', 'n2');
    expect(await hybridge('release products 5')).toMatchObject({ code: ExitCode.ok, err: '' });
    expect((await hybridge('status')).out).toContain(`table ${tableName}: open`);
  });

  it('finds nothing where every item says what SQL says', async () => {
    const { code, out } = await hybridge('verify');
    expect(out).toContain('The views say what SQL says.');
    expect(code).toBe(ExitCode.ok);
    expect(await verified('products orders')).toMatchObject({
      clean: true,
      views: [
        { view: 'products', compared: SIZE.products, counts: { matched: SIZE.products } },
        { view: 'orders', compared: SIZE.orders },
      ],
    });
  });

  it('finds what was tampered with, and repairs it', async () => {
    const address = await firstAddress();
    await setAttributes(dynamodb, tableName, keyOfRow(products, keyFromParts(products, ['7'])), {
      name: text('Forged'),
    });
    await drop(keyOfRow(addresses, address));
    await put(liveItem(orders, { ...(await anyOrder()), id: { N: '999999' } }));
    const addressKey = [address['customer_id'], address['label']]
      .map((part) => encodeURIComponent(Object.values(part as object)[0] as string))
      .join(',');

    const found = await verified('');
    expect(found).toMatchObject({ code: ExitCode.failed, clean: false });
    const differences = (found as unknown as { views: { differences: { class: string; key: string }[] }[] }).views
      .flatMap((view) => view.differences)
      .map(({ class: name, key }) => `${name} ${key}`);
    expect(differences.toSorted()).toEqual([`extra 999999`, `missing ${addressKey}`, 'stale 7']);

    const shown = await hybridge('verify products');
    expect(shown.out).toContain('stale products 7\n  name\n');
    expect(shown.out).not.toContain('Forged');
    expect((await hybridge('verify products --values')).out).toContain('"Forged"');

    const repaired = await hybridge('repair products 7');
    expect(repaired).toMatchObject({ code: ExitCode.ok });
    expect(repaired.out).toMatch(/^products 7: filled .*\nbefore {2}live, .*\nafter {3}live, .*\nchanged name$/);
    expect((await hybridge(`repair addresses ${addressKey}`)).code).toBe(ExitCode.ok);
    expect((await hybridge('repair orders 999999')).out).toContain('absent');
    expect(await verified('')).toMatchObject({ code: ExitCode.ok, clean: true });
  });

  const orderKey = (id: string): ItemKey => keyOfRow(orders, keyFromParts(orders, [id]));
  const anyOrder = () => keyRowOf(orders, orderIds[0] as string);

  async function firstAddress(): Promise<Row> {
    for await (const [first] of rows.scan(addresses, { batchSize: 1 })) return (first as { row: Row }).row;
    throw new Error('the demo has addresses');
  }

  it('looks only at the range, in the order of SQL', async () => {
    const [fifth, sixth, twentieth, last] = [4, 5, 19, orderIds.length - 1].map((i) => orderIds[i] as string);
    const extra = String(BigInt(last as string) + 1_000n);
    await drop(orderKey(fifth as string));
    await put(liveItem(orders, { ...(await anyOrder()), id: { N: extra } }));
    const narrow = await verified(`orders --from ${sixth} --to ${twentieth}`);
    expect(narrow).toMatchObject({ code: ExitCode.ok, views: [{ compared: 15 }] });
    const wider = await verified(`orders --from ${fifth} --to ${twentieth}`);
    expect(wider).toMatchObject({ code: ExitCode.failed, views: [{ compared: 16, counts: { missing: 1, extra: 0 } }] });
    expect(await verified(`orders --from ${last}`)).toMatchObject({ views: [{ compared: 2, counts: { extra: 1 } }] });
    for (const id of [fifth, extra]) expect((await hybridge(`repair orders ${id}`)).code).toBe(ExitCode.ok);
  });

  it('knows where a key of several texts lies, by the collation of SQL', async () => {
    const city = await firstAddress();
    const range = { from: keyFromParts(addresses, ['1', 'A']), to: keyFromParts(addresses, ['1', 'z']) };
    const within = (label: string) => rows.isWithin(addresses, keyFromParts(addresses, ['1', label]), range);
    expect([await within('b'), await within('zz'), await rows.isWithin(addresses, city, {})]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('does not touch an item that waits for an answer, and counts it as pending', async () => {
    const customer = await keyRowOf(customers, '3');
    const waiting = item({
      key: keyOfRow(customers, customer),
      columns: projectRow(customers, customer) ?? {},
      pending: [pending()],
      meta: { [Meta.pendingSince]: text(new Date(Date.now() - 90_000).toISOString()) },
    });
    await put(waiting);
    const refused = await hybridge('repair customers 3');
    expect(refused).toMatchObject({ code: ExitCode.failed });
    expect(refused.out).toContain('sweep');
    expect(await verified('customers')).toMatchObject({ code: ExitCode.ok, views: [{ counts: { pending: 1 } }] });
    const status = await hybridge('status --json');
    expect(JSON.parse(status.out)).toMatchObject({ pending: { items: 1, oldest: { key: keyOf(waiting) } } });
    await put(liveItem(customers, customer));
  });

  it('goes on where it was interrupted', async () => {
    const [first, second] = orderIds as [string, string];
    const forge = (id: string) => setAttributes(dynamodb, tableName, orderKey(id), { status: text('forged') });
    await forge(second);
    const file = path.join(folder, 'orders.json');
    const stop = new AbortController();
    const interrupted = hybridge(`verify orders --rate 50 --resume ${file}`, stop.signal);
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort(new Error('interrupted'));
    expect(await interrupted).toMatchObject({ code: ExitCode.failed, err: expect.stringContaining('--resume') });

    const kept = JSON.parse(readFileSync(file, 'utf8')) as {
      views: { orders: { after: [string]; rowsDone: boolean } };
    };
    const { after, rowsDone } = kept.views.orders;
    const position = orderIds.indexOf(after[0]);
    expect([rowsDone, position > 1, position < SIZE.orders - 1]).toEqual([false, true, true]);
    // What lies before the checkpoint is not looked at again: this tampering goes unseen, the one seen before is told.
    await forge(first);
    const resumed = await verified(`orders --resume ${file}`);
    expect(resumed).toMatchObject({
      code: ExitCode.failed,
      views: [{ compared: SIZE.orders, counts: { stale: 1 }, differences: [{ key: second, attributes: ['status'] }] }],
    });
    expect(existsSync(file)).toBe(false);
    for (const id of [first, second]) expect((await hybridge(`repair orders ${id}`)).code).toBe(ExitCode.ok);
    expect(await verified('orders')).toMatchObject({ code: ExitCode.ok, clean: true });
  });

  it('brings a quarantined item back whose row can be stored', async () => {
    const key = keyOfRow(products, keyFromParts(products, ['9']));
    await put(item({ key, state: ItemState.quarantined }));
    expect(await verified('products')).toMatchObject({ code: ExitCode.ok, views: [{ counts: { quarantined: 1 } }] });
    expect(await hybridge('repair products 9')).toMatchObject({ code: ExitCode.ok });
    expect(await verified('products')).toMatchObject({ code: ExitCode.ok, views: [{ counts: { quarantined: 0 } }] });
  });
});

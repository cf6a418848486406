import { addresses } from '@hybridge/definitions';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { ServingState, carryOut, decideRowChange, decideSettle, readServing } from '@hybridge/protocol';
import { createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import type { RowReader } from '@hybridge/reader-sql';
import { type Hybridge, connectHybridge, createHybridge, createProtocolContext } from '@hybridge/sdk';
import { createItemStore } from '@hybridge/sink-dynamodb';
import { rowChange, settleSignal, versionAt } from '@hybridge/testkit';
import { type Row, createCatalog, decodeTextRow, keyOfRow, projectRow, shapeOf } from '@hybridge/views';

const catalog = createCatalog([addresses]);

type Client = ReturnType<typeof createDynamoDbClient>;

const address = (customer: number, label: string): Row =>
  decodeTextRow(addresses.table, Object.keys(addresses.table.columns), {
    customer_id: String(customer),
    label,
    street: `street of ${label}`,
    postal_code: '1000 AA',
    city: 'Utrecht',
    country: 'NL',
    instructions: null,
  });
const addressKey = (customer: number, label: string) => keyOfRow(addresses, address(customer, label));

/** A SQL that has the addresses asked for whose label begins with "sql", and no others. */
const rows: RowReader = {
  read: async (_, keyRow) => {
    const label = keyRow['label'];
    const customer = keyRow['customer_id'];
    const known = label !== undefined && 'S' in label && label.S.startsWith('sql');
    const id = customer !== undefined && 'N' in customer ? Number(customer.N) : 0;
    return { proven: true, row: known ? address(id, label.S) : undefined };
  },
  scan: () => {
    throw new Error('not used');
  },
};

describe('the SDK on DynamoDB', () => {
  let stack: LocalStack;
  let client: Client;
  let hybridge: Hybridge;
  let store: ReturnType<typeof createItemStore>;
  let tableName: string;
  const context = createProtocolContext();
  /** Calls of DynamoDB by name, as they leave the client. */
  let calls: string[] = [];

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
    const { region, dynamodb, credentials } = stack.endpoints;
    client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          calls.push(commandName?.replace('Command', '') ?? '');
          return next(args);
        },
      { step: 'initialize' },
    );
    ({ tableName } = await provisionTablesOnly(stack.endpoints));
    store = createItemStore(client, { tableName });
    hybridge = createHybridge({ catalog, items: createItemReader(client, { tableName }), store, rows, context });
  });
  beforeEach(() => {
    calls = [];
  });
  afterAll(async () => {
    client.destroy();
    await stack.stop();
  });

  const upsert = (customer: number, label: string, n = 1) => {
    const key = addressKey(customer, label);
    const columns = projectRow(addresses, address(customer, label)) ?? {};
    return carryOut(store, key, (seen) =>
      decideRowChange(rowChange({ n, key, columns, shape: shapeOf(addresses) }), 'eager', context, seen),
    );
  };
  const remove = (customer: number, label: string, n: number) => {
    const key = addressKey(customer, label);
    const change = rowChange({ n, key, kind: 'delete', shape: shapeOf(addresses) });
    return carryOut(store, key, (seen) => decideRowChange(change, 'eager', context, seen));
  };
  const labels = (page: { readonly items: readonly { readonly key: readonly string[] }[] }) =>
    page.items.map(({ key }) => key[1]);

  it('claims the table with its first read, and reads a hit with one call from then on', async () => {
    await upsert(1, 'home');
    calls = [];
    expect(await hybridge.get(addresses, [1, 'home'])).toMatchObject({ source: 'item' });
    expect(calls).toEqual(['GetItem', 'UpdateItem', 'GetItem']);
    expect(await readServing(store)).toMatchObject({ state: ServingState.open });
    calls = [];
    await hybridge.get(addresses, [1, 'home']);
    expect(calls).toEqual(['GetItem']);
  });

  it('reads more keys than one call takes, in their order, and fills what is missing', async () => {
    const known = Array.from({ length: 120 }, (_, n) => `known ${n}`);
    await Promise.all(known.map((label) => upsert(2, label)));
    calls = [];
    const keys = [...known, 'sql 1', 'nowhere', 'sql 2', 'known 0'].map((label) => [2, label] as const);
    const found = await hybridge.batchGet(addresses, keys, { consistent: true });
    expect(found.map((one) => one?.document.label)).toEqual([...known, 'sql 1', undefined, 'sql 2', 'known 0']);
    expect(found.slice(-4).map((one) => one?.source)).toEqual(['fill', undefined, 'fill', 'item']);
    expect(calls.filter((call) => call === 'BatchGetItem')).toHaveLength(2);
    expect(calls.filter((call) => call === 'UpdateItem')).toHaveLength(6); // a lease and an answer for each of three
  });

  it('lists the addresses of a customer page by page, without those that are gone', async () => {
    const all = ['a', 'b', 'b!', 'b#1', 'c', 'd', 'é', '😀'];
    await Promise.all(all.map((label) => upsert(3, label)));
    await upsert(4, 'of another customer');
    await remove(3, 'c', 2);
    const expected = ['a', 'b', 'b!', 'b#1', 'd', 'é', '😀'];
    expect(labels(await hybridge.query(addresses, [3], { consistent: true }))).toEqual(expected);
    for (const order of ['ascending', 'descending'] as const) {
      const seen: (string | undefined)[] = [];
      let cursor: string | undefined;
      do {
        const page = await hybridge.query(addresses, [3], { limit: 2, order, cursor });
        seen.push(...labels(page));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(order === 'ascending' ? expected : expected.toReversed());
    }
    const between = await hybridge.query(addresses, [3], { from: ['b'], to: ['d'] });
    expect(labels(between)).toEqual(['b', 'b!', 'b#1', 'd']);
    expect(labels(await hybridge.query(addresses, [3], { from: ['z'], to: ['a'] }))).toEqual([]);
    expect(labels(await hybridge.query(addresses, [99]))).toEqual([]);
  });

  it('shows a change to whoever has its token, before and after SQL has answered', async () => {
    await upsert(5, 'home');
    const change = { op: 'update', set: { city: 'Leiden' } } as const;
    const { token, changeId } = await hybridge.change(addresses, [5, 'home'], change, { by: 'customer:5' });
    calls = [];
    const read = () => hybridge.get(addresses, [5, 'home'], { after: token });
    expect(await read()).toMatchObject({ document: { city: 'Leiden' }, pending: [changeId] });
    expect(calls).toEqual(['GetItem']);
    const key = addressKey(5, 'home');
    const image = {
      exists: true,
      columns: { ...projectRow(addresses, address(5, 'home')), city: { S: 'Leiden' } },
    } as const;
    const outcome = { id: changeId, out: 'A', at: 5 } as const;
    const signal = settleSignal({ key, shape: shapeOf(addresses), outcome, image, version: versionAt(2) });
    const waiting = hybridge.waitFor(token, { timeoutMs: 10_000 });
    await carryOut(store, key, (seen) => decideSettle(signal, context, seen));
    expect(await waiting).toMatchObject({ status: 'applied' });
    expect(await read()).toMatchObject({ document: { city: 'Leiden' }, pending: [] });
    await remove(5, 'home', 3);
    expect(await read()).toBeUndefined();
  });

  it('connects by itself, serves what is in the view without SQL, and leaves SQL alone once it is down', async () => {
    await upsert(6, 'home');
    const { region, dynamodb, credentials } = stack.endpoints;
    const reads: string[] = [];
    await using connected = connectHybridge({
      catalog,
      dynamodb: { region, endpoint: dynamodb.endpoint, credentials, tableName },
      sql: {
        url: 'postgresql://nobody@127.0.0.1:9/none',
        applicationName: 'sdk-int-spec',
        breaker: { consecutiveFailures: 2, halfOpenAfterMs: 60_000 },
      },
      hedgeAfterMs: 2_000,
      onRead: ({ source, found }) => void reads.push(`${source} ${found}`),
    });
    expect(await connected.get(addresses, [6, 'home'])).toMatchObject({ source: 'item' });
    const unavailable = { code: 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE', retry: 'transient' };
    for (const label of ['a', 'b', 'c']) {
      await expect(connected.get(addresses, [6, label])).rejects.toMatchObject(unavailable);
    }
    expect(await store.get(addressKey(6, 'c'))).toBeUndefined(); // the breaker was open before the lease
    await expect(
      connected.batchGet(addresses, [
        [6, 'home'],
        [6, 'd'],
      ]),
    ).rejects.toMatchObject(unavailable);
    expect(labels(await connected.query(addresses, [7]))).toEqual([]);
    expect(reads).toEqual(['item true']);
  });
});

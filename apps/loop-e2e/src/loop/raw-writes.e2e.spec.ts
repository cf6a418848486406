/** Writers that bypass the SDK, straight into the view table: what a view captures reaches SQL, the rest is undone. */
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { differencesIn, renderReport } from '@hybridge/inspector';
import { scrape, total } from '@hybridge/local-stack';
import { type Attributes, type ItemKey, columnsOf, scalarOf, stateOf } from '@hybridge/protocol';
import { eventually } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';

let harness: Harness;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  harness = await startHarness();
  const { endpoint } = harness.loop.stack.endpoints.dynamodb;
  const { region, credentials } = harness.loop.stack.endpoints;
  dynamodb = new DynamoDBClient({ region, endpoint, credentials });
  await harness.sql.query(
    `INSERT INTO public.addresses (customer_id, label, street, postal_code, city, country)
     SELECT n, 'home', 'Kade 1', '1000 AA', 'Leiden', 'NL' FROM generate_series(1, 6) AS n
     ON CONFLICT (customer_id, label) DO UPDATE SET city = 'Leiden', street = 'Kade 1'`,
  );
  await harness.drained();
});

afterAll(async () => {
  dynamodb?.destroy();
  await harness?.[Symbol.asyncDispose]();
});

const address = (customer: number, label = 'home'): ItemKey => ({
  pk: `c1#CUSTOMER#${customer}`,
  sk: `ADDRESS#${label}`,
});
const order = (id: string): ItemKey => ({ pk: `o1#ORDER#${id}`, sk: 'ORDER' });
const keyOf = ({ pk, sk }: ItemKey) => ({ pk: { S: pk }, sk: { S: sk } });

const set = (key: ItemKey, name: string, value: string) =>
  dynamodb.send(
    new UpdateItemCommand({
      TableName: harness.loop.provisioned.aws.tableName,
      Key: keyOf(key),
      UpdateExpression: 'SET #n = :n',
      ExpressionAttributeNames: { '#n': name },
      ExpressionAttributeValues: { ':n': { S: value } },
    }),
  );
const put = (key: ItemKey, columns: Attributes) =>
  dynamodb.send(
    new PutItemCommand({
      TableName: harness.loop.provisioned.aws.tableName,
      Item: { ...keyOf(key), ...columns } as PutItemCommand['input']['Item'],
    }),
  );
const remove = (key: ItemKey) =>
  dynamodb.send(new DeleteItemCommand({ TableName: harness.loop.provisioned.aws.tableName, Key: keyOf(key) }));

const inSql = async (customer: number, label = 'home'): Promise<string | undefined> => {
  const { rows } = await harness.sql.query<{ city: string }>(
    'SELECT city FROM public.addresses WHERE customer_id = $1 AND label = $2',
    [customer, label],
  );
  return rows[0]?.city;
};

const answers = async (): Promise<readonly string[]> => {
  const { rows } = await harness.sql.query<{ answer: string }>(
    `SELECT concat_ws(' ', view, outcome, code) AS answer FROM public.hybridge_inbox
     WHERE change_id LIKE 'raw:%' ORDER BY at`,
  );
  return rows.map(({ answer }) => answer);
};

const column = async (key: ItemKey, name: string): Promise<string | undefined> => {
  const item = await harness.items.get(key);
  return item === undefined ? undefined : scalarOf(columnsOf(item)[name]);
};

/** Waits until SQL has answered this many raw writes in all, and every view agrees with it. */
async function expectAgreement(count: number): Promise<void> {
  await eventually(`${count} answers`, async () => (await answers()).length >= count);
  await harness.drained();
  const comparisons = await harness.compare();
  if (differencesIn(comparisons) > 0) throw new Error(`The views differ from SQL:\n${renderReport(comparisons)}`);
  expect(harness.crashes).toEqual([]);
}

it('a view that captures takes them to SQL, and refuses what customers may not change', async () => {
  const columns: Attributes = {
    customerId: { N: '5' },
    label: { S: 'raw' },
    street: { S: 'Gracht 2' },
    postalCode: { S: '2000 BB' },
    city: { S: 'Gouda' },
    country: { S: 'NL' },
    instructions: { NULL: true },
  };
  await set(address(1), 'city', 'Delft');
  await put(address(5, 'raw'), columns);
  await remove(address(2));
  await set(address(3), 'label', 'other'); // the key
  await set(address(4), 'typo', 'x'); // no column
  await put(address(6), { city: { S: 'Breda' } }); // all others would become NULL, the key too

  await expectAgreement(6);
  expect((await answers()).slice().sort()).toEqual([
    'addresses A',
    'addresses A',
    'addresses A',
    'addresses R POLICY',
    'addresses R POLICY',
    'addresses R POLICY',
  ]);
  expect([await inSql(1), await inSql(5, 'raw'), await inSql(2)]).toEqual(['Delft', 'Gouda', undefined]);
  expect([await inSql(3), await inSql(4), await inSql(6)]).toEqual(['Leiden', 'Leiden', 'Leiden']);
  expect([await column(address(1), 'city'), await column(address(5, 'raw'), 'city')]).toEqual(['Delft', 'Gouda']);
  expect(await column(address(3), 'label')).toBe('home');
  expect(await column(address(4), 'typo')).toBeUndefined();
  expect(await column(address(6), 'street')).toBe('Kade 1');
});

it('a view that forbids has them undone', async () => {
  const { rows } = await harness.sql.query<{ id: string }>('SELECT id FROM public.orders ORDER BY id LIMIT 3');
  const [first = '', second = '', third = ''] = rows.map(({ id }) => id); // beyond 2^53: never a number
  const before = await harness.items.get(order(first));
  await set(order(first), 'note', 'by hand');
  await put(order(second), { note: { S: 'by hand' } });
  await remove(order(third));
  await put(order('999998'), { note: { S: 'of no row' } });

  await expectAgreement(10);
  expect((await answers()).filter((answer) => answer === 'orders R POLICY')).toHaveLength(4);
  const after = await harness.items.get(order(first));
  expect(columnsOf(after ?? {})).toEqual(columnsOf(before ?? {}));
  for (const id of [second, third]) {
    const item = await harness.items.get(order(id));
    expect(stateOf(item ?? {})).toBe('L');
  }
  expect(await column(order('999998'), 'note')).toBeUndefined();
  const metrics = await scrape(`${harness.apps.operationsUrl('stream-pipe')}/metrics`);
  expect(total(metrics, 'stream_pipe_raw_writes_total')).toBe(8);
  expect(total(metrics, 'stream_pipe_raw_deletes_total')).toBe(2);
});

it('loses none while the pipe and the projector are killed, and applies none twice', async () => {
  const known = (await answers()).length;
  for (let customer = 1; customer <= 6; customer++) {
    if (customer === 2) continue; // has none any more
    await set(address(customer), 'city', `city ${customer}`);
    if (customer === 3) {
      await harness.apps.kill('stream-pipe');
      await harness.apps.start('stream-pipe');
    }
    if (customer === 5) {
      await harness.apps.kill('projector');
      await harness.apps.start('projector');
    }
  }
  await expectAgreement(known + 5);
  expect(await answers()).toHaveLength(known + 5);
  for (const customer of [1, 3, 4, 5, 6]) expect(await inSql(customer)).toBe(`city ${customer}`);
});

/** Lists by global secondary indexes follow what SQL and customers do. */
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { differencesIn, renderReport } from '@hybridge/inspector';
import { eventually } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';

interface Listing {
  readonly status: number;
  readonly ids: readonly string[];
  readonly items: readonly {
    readonly key: readonly string[];
    readonly pending: readonly string[];
    readonly document: Readonly<Record<string, unknown>>;
  }[];
  readonly cursor: string | undefined;
}

const CUSTOMER = '7';
const OWN = `orders/byCustomer?is.customerId=${CUSTOMER}`;

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await harness.drained();
});

afterAll(async () => {
  await harness?.[Symbol.asyncDispose]();
});

afterEach(async () => {
  await harness.drained();
  const comparisons = await harness.compare();
  if (differencesIn(comparisons) > 0) throw new Error(`The views differ from SQL:\n${renderReport(comparisons)}`);
  expect(harness.crashes).toEqual([]);
});

/** As a customer, or as the staff. */
async function list(query: string, subject = CUSTOMER, scopes: readonly string[] = []): Promise<Listing> {
  const response = await fetch(`${harness.apps.apiUrl}/indexes/${query}`, {
    headers: { authorization: `Bearer ${await harness.apps.tokenFor(subject, scopes)}` },
  });
  const { items = [], cursor } = (await response.json()) as { items?: Listing['items']; cursor?: string };
  return { status: response.status, ids: items.map(({ key }) => key.join(',')), items, cursor };
}

const noted = (status: string): Promise<Listing> => list(`orders/noted?is.status=${status}`, '1', ['staff']);

/** Ids of the customer's orders by time, page by page. */
async function pages(
  limit: number,
  between: (page: Listing) => Promise<void> = async () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await list(`${OWN}&limit=${limit}${cursor === undefined ? '' : `&cursor=${cursor}`}`);
    ids.push(...page.ids);
    cursor = page.cursor;
    await between(page);
  } while (cursor !== undefined);
  return ids;
}

/** @returns the id of the change */
async function note(id: string, text: string | null): Promise<string> {
  const response = await fetch(`${harness.apps.apiUrl}/views/orders/${id}`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${await harness.apps.tokenFor(CUSTOMER, [])}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ note: text }),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { readonly changeId: string }).changeId;
}

async function idsInSql(): Promise<readonly string[]> {
  const { rows } = await harness.sql.query<{ id: string }>(
    'SELECT id::text AS id FROM public.orders WHERE customer_id = $1 ORDER BY placed_at, id',
    [CUSTOMER],
  );
  return rows.map(({ id }) => id);
}

async function placeOrder(note: string | null, placedAt: string): Promise<string> {
  const { rows } = await harness.sql.query<{ id: string }>(
    `INSERT INTO public.orders (customer_id, total, note, placed_at) VALUES ($1, 12.60, $2, $3) RETURNING id::text AS id`,
    [CUSTOMER, note, placedAt],
  );
  const id = rows[0]?.id as string;
  await eventually('the order', async () => (await list(OWN)).ids.includes(id));
  return id;
}

it("lists a customer's orders by time, and nobody else's to nobody else", async () => {
  for (const [i, fraction] of ['.25', '', '.5', '.125'].entries()) {
    await placeOrder(null, `2026-11-2${i % 2}T10:00:00${fraction}Z`);
  }
  const expected = await idsInSql();
  expect(expected.length).toBeGreaterThanOrEqual(4);
  expect(await pages(2)).toEqual(expected);
  expect((await list(`${OWN}&order=descending`)).ids).toEqual(expected.toReversed());
  const from = (await list(`${OWN}&from.placedAt=2026-11-21T00:00:00Z`)).items;
  expect(from.map(({ document }) => document['placedAt'])).toEqual([
    '2026-11-21T10:00:00Z',
    '2026-11-21T10:00:00.125Z',
  ]);
  expect((await list(OWN, '8')).status).toBe(403);
});

it('moves an order when SQL changes what it is listed by', async () => {
  const id = await placeOrder('leave it at the door', '2026-11-22T10:00:00Z');
  expect((await noted('placed')).ids).toContain(id);
  await harness.sql.query(`UPDATE public.orders SET status = 'paid' WHERE id = $1`, [id]);
  await eventually('the move', async () => (await noted('paid')).ids.includes(id));
  expect((await noted('placed')).ids).not.toContain(id);
  await harness.sql.query(`UPDATE public.orders SET placed_at = '2020-01-01T00:00:00Z' WHERE id = $1`, [id]);
  await eventually('the new place', async () => (await list(OWN)).ids[0] === id);
  await harness.sql.query('DELETE FROM public.orders WHERE id = $1', [id]);
  await eventually('the end', async () => !(await list(OWN)).ids.includes(id));
  expect((await noted('paid')).ids).not.toContain(id);
});

it("moves an order by a customer's change at once, before SQL has heard of it", async () => {
  const id = await placeOrder(null, '2026-11-22T11:00:00Z');
  await harness.drained();
  await harness.apps.kill('writeback', 'SIGSTOP');
  const changeId = await note(id, 'ring twice');
  const listed = (await noted('placed')).items.find(({ document }) => document['id'] === id);
  expect(listed).toMatchObject({ pending: [changeId], document: { note: 'ring twice' } });
  await note(id, null);
  expect((await noted('placed')).ids).not.toContain(id);
  await note(id, 'ring once');
  expect((await noted('placed')).ids).toContain(id);
  await harness.apps.kill('writeback', 'SIGCONT');
  await harness.drained();
  const settled = (await noted('placed')).items.find(({ document }) => document['id'] === id);
  expect(settled).toMatchObject({ pending: [], document: { note: 'ring once' } });
});

it('lists an order by what SQL says again, when SQL refuses the change', async () => {
  const id = await placeOrder(null, '2026-11-22T11:30:00Z');
  await harness.drained();
  await harness.apps.kill('projector', 'SIGSTOP'); // the view does not hear of the staff before the customer acts
  await harness.sql.query(`UPDATE public.orders SET status = 'cancelled', note = 'staff' WHERE id = $1`, [id]);
  await note(id, 'mine');
  expect((await noted('placed')).ids).toContain(id);
  await harness.apps.kill('projector', 'SIGCONT');
  await harness.drained();
  expect((await noted('placed')).ids).not.toContain(id);
  expect((await noted('cancelled')).items.map(({ document }) => document['note'])).toContain('staff');
});

it('goes on behind an order that is gone', async () => {
  const expected = await idsInSql();
  const victim = expected[1] as string;
  const seen = await pages(2, async ({ ids }) => {
    if (!ids.includes(victim)) return;
    await harness.sql.query('DELETE FROM public.orders WHERE id = $1', [victim]);
    await eventually('the end', async () => !(await list(OWN)).ids.includes(victim));
  });
  expect(seen).toEqual(expected);
});

it('misses an item that was written before there was the index, and says so', async () => {
  const id = await placeOrder('from before', '2026-11-22T12:00:00Z');
  await harness.drained();
  const { endpoints } = harness.loop.stack;
  const client = new DynamoDBClient({
    region: endpoints.region,
    endpoint: endpoints.dynamodb.endpoint,
    credentials: endpoints.credentials,
  });
  await client.send(
    new UpdateItemCommand({
      TableName: harness.loop.provisioned.aws.tableName,
      Key: { pk: { S: `o1#ORDER#${id}` }, sk: { S: 'ORDER' } },
      UpdateExpression: 'REMOVE #a, #b',
      ExpressionAttributeNames: { '#a': '_noted_pk', '#b': '_noted_sk' },
    }),
  );
  client.destroy();
  expect((await noted('placed')).ids).not.toContain(id);
  const orders = (await harness.compare()).find(({ view }) => view === 'orders');
  expect(orders?.differences).toMatchObject([{ class: 'stale', keyParts: [id] }]);
  await harness.sql.query('UPDATE public.orders SET status = status WHERE id = $1', [id]);
  await eventually('the order', async () => (await noted('placed')).ids.includes(id));
});

import { CustomerChangeRejected, OrderPlaced, ProductRepriced, ProductWithdrawn } from '@hybridge/contracts';
import { differencesIn, renderReport } from '@hybridge/inspector';
import { type AppName, loopApps } from '@hybridge/local-stack';
import { createTraffic } from '@hybridge/load';
import { type Item, ItemState, columnsOf, outcomesOf, scalarOf, stateOf, truthOf } from '@hybridge/protocol';
import { eventually } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';
import { expectOneOutcomeEach } from './outcomes.features.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});

afterAll(async () => {
  await harness?.[Symbol.asyncDispose]();
});

/** Nothing under way, and every item says what SQL says. */
async function expectConvergence(): Promise<void> {
  await harness.drained();
  const comparisons = await harness.compare();
  if (differencesIn(comparisons) > 0) throw new Error(`The views differ from SQL:\n${renderReport(comparisons)}`);
  expect(comparisons.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(200);
  expect(comparisons.map(({ view, counts }) => [view, counts.pending])).toEqual(
    comparisons.map(({ view }) => [view, 0]),
  );
}

afterEach(async () => {
  await expectConvergence();
  expect(harness.crashes).toEqual([]);
});

const customer = (id: number) => ({ pk: `c1#CUSTOMER#${id}`, sk: 'CUSTOMER' });
const itemOf = async (key: { pk: string; sk: string }): Promise<Item> => (await harness.items.get(key)) as Item;

/** The value of one column in SQL. */
async function inSql(query: string, ...values: readonly unknown[]): Promise<unknown> {
  const { rows } = await harness.sql.query<{ value: unknown }>(query, [...values]);
  return rows[0]?.value;
}

describe('changes in SQL', () => {
  it('has loaded the whole database', async () => {
    await harness.drained();
    const comparisons = await harness.compare();
    const customers = Number(await inSql('SELECT count(*)::int AS value FROM public.customers'));
    expect(comparisons.find(({ view }) => view === 'customers')?.counts.matched).toBe(customers);
  });

  it('shows an inserted row, with every digit, and tells of it', async () => {
    const id = String(
      await inSql(
        `INSERT INTO public.orders (customer_id, total, note) VALUES (7, 12345.60, 'first') RETURNING id::text AS value`,
      ),
    );
    const event = await harness.bus.next(OrderPlaced, ({ data }) => data.orderId === id);
    expect(event.data).toEqual({ orderId: id, customerId: '7', total: '12345.6' });
    const shown = await harness.api.read(`orders/${id}`);
    expect(shown).toMatchObject({ status: 200, source: 'item', body: { id, total: '12345.6', note: 'first' } });
  });

  it('shows an update and tells of it', async () => {
    await harness.sql.query('UPDATE public.products SET list_price = 77.25 WHERE id = 9');
    const event = await harness.bus.next(ProductRepriced, ({ data }) => data.productId === '9');
    expect(event.data.price).toBe('77.25');
    expect((await harness.api.read('products/9')).body['price']).toBe('77.25');
  });

  it('forgets a deleted row, and takes it back when its key is used again', async () => {
    await harness.sql.query(
      `INSERT INTO public.products (id, sku, name, list_price) VALUES (4000, 'X-1', 'short-lived', 1)`,
    );
    await eventually('the product', async () => (await harness.api.read('products/4000')).source === 'item');
    await harness.sql.query('DELETE FROM public.products WHERE id = 4000');
    await harness.bus.next(ProductWithdrawn, ({ data }) => data.productId === '4000');
    expect((await harness.api.read('products/4000')).status).toBe(404);
    await harness.sql.query(`INSERT INTO public.products (id, sku, name, list_price) VALUES (4000, 'X-2', 'again', 2)`);
    await eventually(
      'the product again',
      async () => (await harness.api.read('products/4000')).body['name'] === 'again',
    );
  });

  it('moves an item whose primary key changes', async () => {
    await harness.sql.query(`UPDATE public.addresses SET label = 'office' WHERE customer_id = 6 AND label = 'work'`);
    await eventually('the new place', async () => (await harness.api.read('addresses/6,office')).source === 'item');
    await eventually('the old place gone', async () => {
      const old = await harness.items.get({ pk: 'c1#CUSTOMER#6', sk: 'ADDRESS#work' });
      return old !== undefined && stateOf(old) === ItemState.tombstone;
    });
  });

  it('keeps a long column that an update did not touch', async () => {
    const before = columnsOf(await itemOf(customer(47)));
    expect(scalarOf(before['remarks'])?.length).toBeGreaterThan(4_000);
    await harness.sql.query(`UPDATE public.customers SET city = 'Zierikzee' WHERE id = 47`);
    await eventually('the new city', async () => scalarOf((await itemOf(customer(47)))['city']) === 'Zierikzee');
    expect(columnsOf(await itemOf(customer(47)))['remarks']).toEqual(before['remarks']);
  });
});

describe('changes by customers', () => {
  it('are visible at once, applied to SQL and confirmed', async () => {
    const answer = await harness.api.change('customers/42', { city: 'Utrecht', phone: null });
    expect(answer.status).toBe(202);
    expect((await harness.api.read('customers/42')).body).toMatchObject({ city: 'Utrecht', phone: null });
    await eventually(
      'Utrecht in SQL',
      async () => (await inSql('SELECT city AS value FROM public.customers WHERE id = 42')) === 'Utrecht',
    );
    await harness.drained();
    expect(await expectOneOutcomeEach(harness, [String(answer.body['changeId'])])).toEqual({ applied: 1, rejected: 0 });
  });

  it('may insert and delete where the view allows it', async () => {
    const values = { street: 'Kade 1', postalCode: '1000 AA', city: 'Goes', country: 'NL' };
    const inserted = await harness.api.insert('addresses/5,boat', values);
    expect(inserted.status).toBe(202);
    await eventually('the address in SQL', () =>
      inSql(`SELECT city AS value FROM public.addresses WHERE customer_id = 5 AND label = 'boat'`).then(
        (city) => city === 'Goes',
      ),
    );
    await harness.drained();
    const removed = await harness.api.remove('addresses/5,boat');
    expect((await harness.api.read('addresses/5,boat')).status).toBe(404);
    await harness.drained();
    expect(await inSql(`SELECT count(*)::int AS value FROM public.addresses WHERE label = 'boat'`)).toBe(0);
    const ids = [inserted, removed].map(({ body }) => String(body['changeId']));
    expect(await expectOneOutcomeEach(harness, ids)).toEqual({ applied: 2, rejected: 0 });
  });

  it('are refused when SQL has moved on, and undone with the reason', async () => {
    await harness.apps.kill('projector', 'SIGSTOP');
    await harness.sql.query(`UPDATE public.customers SET city = 'Delft' WHERE id = 43`);
    const answer = await harness.api.change('customers/43', { city: 'Gouda' });
    expect(answer.status).toBe(202);
    await harness.apps.kill('projector', 'SIGCONT');
    await expectRefusal(String(answer.body['changeId']), 'CONFLICT', 43);
    expect(scalarOf((await itemOf(customer(43)))['city'])).toBe('Delft');
  });

  it('are refused when a constraint forbids them', async () => {
    const before = scalarOf((await itemOf(customer(44)))['email']);
    const answer = await harness.api.change('customers/44', { email: 'no address' });
    expect((await harness.api.read('customers/44')).body['email']).toBe('no address');
    await expectRefusal(String(answer.body['changeId']), 'CHECK', 44);
    expect(scalarOf((await itemOf(customer(44)))['email'])).toBe(before);
  });

  it('are sent again by the inspector when their command was lost', async () => {
    await harness.apps.kill('writeback');
    const answer = await harness.api.change('customers/45', { city: 'Veere' });
    await harness.loseCommands();
    await harness.apps.start('writeback');
    await harness.drained();
    expect(await inSql('SELECT city AS value FROM public.customers WHERE id = 45')).toBe('Veere');
    expect(await expectOneOutcomeEach(harness, [String(answer.body['changeId'])])).toEqual({ applied: 1, rejected: 0 });
  });

  async function expectRefusal(changeId: string, code: string, customerId: number): Promise<void> {
    const event = await harness.bus.next(CustomerChangeRejected, ({ data }) => data.changeId === changeId);
    expect(event.data).toMatchObject({ changeId, code });
    expect(event.data.message).not.toBe('');
    const item = await itemOf(customer(customerId));
    expect(outcomesOf(item).at(-1)).toMatchObject({ id: changeId, out: 'R', code });
    expect(truthOf(item)).toEqual({ exists: true, columns: columnsOf(item) });
    expect(await expectOneOutcomeEach(harness, [changeId])).toEqual({ applied: 0, rejected: 1 });
  }
});

describe('reads', () => {
  it('load a missing item from SQL, then answer from it', async () => {
    await harness.loseItem(customer(50));
    const [first, second] = [await harness.api.read('customers/50'), await harness.api.read('customers/50')];
    expect([first.source, second.source]).toEqual(['fill', 'item']);
    expect(first.body).toEqual(second.body);
  });

  it('say so when SQL has no such row', async () => {
    expect((await harness.api.read('customers/777777')).status).toBe(404);
  });
});

describe('an app that is killed in the middle of traffic', () => {
  it.each<AppName>([...loopApps])('%s: loses nothing and leaves nothing stale', async (name) => {
    await using traffic = await createTraffic({
      sqlUrl: harness.loop.provisioned.sql.adminUrl,
      apiUrl: harness.apps.apiUrl,
      tokenFor: harness.apps.tokenFor,
      ratePerSecond: 40,
      customerPercent: 25,
      seed: loopApps.indexOf(name) + 1,
    });
    const done = (): number => Object.values(traffic.counters.done).reduce((sum, count) => sum + count, 0);
    const more = async (count: number): Promise<void> => {
      const target = done() + count;
      await eventually(`${count} more actions`, async () => done() >= target);
    };
    await more(60);
    await harness.apps.kill(name);
    await more(40);
    await harness.apps.start(name);
    await more(60);
    const { accepted, failed } = await traffic.stop();
    await harness.drained();
    expect(accepted.length).toBeGreaterThan(10);
    if (name !== 'view-api') expect(failed).toBe(0);
    const { applied, rejected } = await expectOneOutcomeEach(
      harness,
      accepted.map(({ changeId }) => changeId),
    );
    expect(applied + rejected).toBe(accepted.length);
  });
});

/** Last, as every later look at the table would read these rows too. */
it('a transaction of 10,000 rows arrives whole', async () => {
  await harness.sql.query(
    `INSERT INTO public.orders (customer_id, total, note) SELECT 1 + n % 60, n, 'bulk ' || n FROM generate_series(1, 10000) AS n`,
  );
  await harness.drained();
  const orders = (await harness.compare()).find(({ view }) => view === 'orders');
  expect(orders?.counts.matched).toBeGreaterThan(10_000);
});

/** DDL on a table that views are made of, while other tables change all the time. */
import { ExitCode, run } from '@hybridge/cli';
import { differencesIn, renderReport } from '@hybridge/inspector';
import { scrape, total } from '@hybridge/local-stack';
import { type Item, columnsOf, stateOf, text } from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import { eventually } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';

let harness: Harness;
let traffic: { stop(): Promise<number> };
/** Orders in the order of their ids. */
let ids: readonly string[];

beforeAll(async () => {
  harness = await startHarness();
  const { rows } = await harness.sql.query<{ id: string }>('SELECT id::text FROM public.orders ORDER BY id');
  ids = rows.map(({ id }) => id);
  await harness.drained();
  traffic = startTraffic();
});

afterAll(async () => {
  await traffic?.stop();
  await harness?.[Symbol.asyncDispose]();
});

/** Light traffic on the tables that keep their form. */
function startTraffic() {
  const stopping = new AbortController();
  let done = 0;
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await harness.sql.query('UPDATE public.products SET in_stock = in_stock + 1 WHERE id = $1', [1 + (done % 40)]);
      await harness.sql.query('UPDATE public.customers SET remarks = $1 WHERE id = $2', [`${done}`, 1 + (done % 40)]);
      done++;
      await pause(50, stopping.signal);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      return done;
    },
  };
}

const sql = (statement: string): Promise<unknown> => harness.sql.query(statement);
const keyOf = (id: string) => ({ pk: `o1#ORDER#${id}`, sk: 'ORDER' });
const itemOf = async (id: string): Promise<Item> => (await harness.items.get(keyOf(id))) as Item;

/** What the projector says of its partitions. */
async function problems(): Promise<readonly string[]> {
  const response = await fetch(`${harness.apps.operationsUrl('projector')}/health`);
  return ((await response.json()) as { problems: readonly string[] }).problems;
}

const halted = (what: RegExp): Promise<readonly string[]> =>
  eventually(`a halt that says ${what}`, async () => {
    const found = await problems();
    return found.some((problem) => what.test(problem)) && found;
  });

async function expectOthersGoOn(marker: string): Promise<void> {
  await sql(`UPDATE public.products SET name = '${marker}' WHERE id = 45`);
  const product = { pk: 'p1#PRODUCT#45', sk: 'PRODUCT' };
  await eventually('a change of another table', async () => {
    const item = await harness.items.get(product);
    return item !== undefined && 'name' in item && JSON.stringify(item['name']) === JSON.stringify(text(marker));
  });
}

async function expectConvergence(): Promise<void> {
  await traffic.stop();
  await harness.drained();
  const comparisons = await harness.compare();
  if (differencesIn(comparisons) > 0) throw new Error(`The views differ from SQL:\n${renderReport(comparisons)}`);
  expect(comparisons.find(({ view }) => view === 'orders')?.counts.matched).toBeGreaterThanOrEqual(ids.length);
  expect(await problems()).toEqual([]);
  expect(harness.crashes).toEqual([]);
  traffic = startTraffic();
}

/** Rows of every partition. */
const every = (n: number): string => `WHERE id % ${n} = 0`;
const touchedIds = (n: bigint): readonly string[] => ids.filter((id) => BigInt(id) % n === 0n);

async function expectUntouched(before: readonly Item[]): Promise<void> {
  const after = await Promise.all(before.map((item) => itemOf((item['id'] as { N: string }).N)));
  expect(after.map((item) => [stateOf(item), columnsOf(item)])).toEqual(
    before.map((item) => [stateOf(item), columnsOf(item)]),
  );
}

it('a column that is added is passed over', async () => {
  await sql('ALTER TABLE public.orders ADD COLUMN priority integer NOT NULL DEFAULT 1');
  await sql(`UPDATE public.orders SET priority = 2, note = 'with a priority' ${every(2)}`);
  await expectConvergence();
  await sql('ALTER TABLE public.orders DROP COLUMN priority');
  await sql(`UPDATE public.orders SET note = 'without a priority' ${every(2)}`);
  await expectConvergence();
});

it('a column that is renamed halts the table, and nothing else, until it has its name again', async () => {
  const before = await Promise.all(touchedIds(3n).map(itemOf));
  await sql('ALTER TABLE public.orders RENAME COLUMN note TO remark');
  await sql(`UPDATE public.orders SET remark = 'under another name' ${every(3)}`);
  const found = await halted(/public\.orders is not as defined: column note is missing \(needed by orders\).*remark/);
  expect(found.every((problem) => problem.startsWith('shop.public.orders['))).toBe(true);
  await expectOthersGoOn('renamed');
  await expectUntouched(before);

  await sql('ALTER TABLE public.orders RENAME COLUMN remark TO note');
  await harness.apps.restart('projector');
  await expectConvergence();
  expect((await itemOf(touchedIds(3n)[0] as string))['note']).toEqual(text('under another name'));
});

it('a column that is dropped halts the table until it is back, with its values', async () => {
  await sql('CREATE TABLE public.saved AS SELECT id, shipped_at FROM public.orders');
  const before = await Promise.all(touchedIds(4n).map(itemOf));
  await sql('ALTER TABLE public.orders DROP COLUMN shipped_at');
  await sql(`UPDATE public.orders SET note = 'without shipped_at' ${every(4)}`);
  await halted(/column shipped_at is missing \(needed by orders\)/);
  await expectOthersGoOn('dropped');
  await expectUntouched(before);

  await sql('ALTER TABLE public.orders ADD COLUMN shipped_at timestamptz');
  await sql('UPDATE public.orders o SET shipped_at = s.shipped_at FROM public.saved s WHERE s.id = o.id');
  await harness.apps.restart('projector');
  await expectConvergence();
});

it('a value of another type parks its key and says why, until the type is back', async () => {
  const id = touchedIds(5n)[0] as string;
  await sql('ALTER TABLE public.orders DROP CONSTRAINT orders_total_positive');
  await sql(`ALTER TABLE public.orders ALTER COLUMN total TYPE text USING 'EUR ' || total`);
  await sql(`UPDATE public.orders SET note = 'in euros' WHERE id = ${id}`);
  const metrics = `${harness.apps.operationsUrl('projector')}/metrics`;
  await eventually('a parked key', async () => total(await scrape(metrics), 'projector_parked_keys') === 1);
  await eventually('a quarantined item', async () => stateOf(await itemOf(id)) === 'Q'); // parked first, then this
  const listed = await hybridge('parked');
  expect(listed.code).toBe(ExitCode.failed);
  expect(listed.text).toMatch(/column total has another type: "EUR .*numeric \(needed by orders\)/);
  await expectOthersGoOn('typed');

  await sql(
    `ALTER TABLE public.orders ALTER COLUMN total TYPE numeric(12, 2) USING replace(total, 'EUR ', '')::numeric(12, 2)`,
  );
  await sql('ALTER TABLE public.orders ADD CONSTRAINT orders_total_positive CHECK (total >= 0)');
  expect((await hybridge('release', 'orders', id)).code).toBe(ExitCode.ok);
  await eventually('no parked key', async () => total(await scrape(metrics), 'projector_parked_keys') === 0);
  await expectConvergence();
  expect((await itemOf(id))['note']).toEqual(text('in euros'));
});

/** The command line, as an operator uses it. */
async function hybridge(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const { endpoints } = harness.loop.stack;
  const { aws, sql: urls } = harness.loop.provisioned;
  process.env['AWS_ACCESS_KEY_ID'] = endpoints.credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = endpoints.credentials.secretAccessKey;
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const environment = {
    HYBRIDGE_SQL_URL_SHOP: urls.adminUrl,
    HYBRIDGE_DYNAMODB_ENDPOINT: endpoints.dynamodb.endpoint,
    HYBRIDGE_AWS_REGION: endpoints.region,
    HYBRIDGE_TABLE_NAME: aws.tableName,
  };
  const code = await run(args, { out: note, err: note, environment, signal: new AbortController().signal });
  return { code, text: lines.join('\n') };
}

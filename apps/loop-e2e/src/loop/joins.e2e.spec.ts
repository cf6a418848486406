/** Views that embed rows of their own and of another database, and items that move, on the real stack. */
import { scrape, total } from '@hybridge/local-stack';
import { pause } from '@hybridge/runtime';
import { eventually } from './eventually.ts';
import { type JoinsLoop, startJoinsLoop } from './joins-loop.ts';

jest.setTimeout(600_000);

/** Orders of one customer: three views, so three jobs. */
const MANY = 1_000;
const BUSY = 5;
const FIRST_ORDER = '9007199254740993';

let loop: JoinsLoop;

beforeAll(async () => {
  loop = await startJoinsLoop({
    PROJECTOR_INLINE_FANOUT: '50',
    PROJECTOR_FANOUT_ITEMS_PER_SECOND: '200',
    PROJECTOR_TRUNCATE_DELIVERY_MS: '3000',
    PROJECTOR_TRUNCATE_INTERVAL_MS: '500',
  });
});

afterAll(async () => {
  await loop?.[Symbol.asyncDispose]();
});

async function expectConvergence(): Promise<void> {
  await loop.drained();
  await eventually('the end of all jobs', async () => (await loop.jobs()).length === 0, 120_000);
  expect(differences(await loop.shown(), await loop.expected())).toEqual([]);
}

function differences(shown: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>>) {
  const keys = new Set([...Object.keys(shown), ...Object.keys(expected)]);
  return [...keys]
    .filter((key) => canonical(shown[key]) !== canonical(expected[key]))
    .map((key) => `${key}: ${canonical(shown[key])}, SQL says ${canonical(expected[key])}`)
    .slice(0, 10);
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  ) ?? 'nothing';

it('has every row with what it embeds, whichever database sent its snapshot first', async () => {
  await expectConvergence();
  expect(Object.keys(await loop.shown()).length).toBeGreaterThan(500);
});

it('follows parents, foreign keys, moves and deletions, as they come', async () => {
  const { sql, stock } = loop;
  for (let n = 0; n < 60; n++) {
    const customer = 1 + (n % 60);
    await sql.query('UPDATE public.customers SET full_name = $1, city = $2 WHERE id = $3', [
      `Name ${n}`,
      `City ${n % 7}`,
      customer,
    ]);
    await sql.query('UPDATE public.orders SET customer_id = $1 WHERE id = 9007199254740992 + $2', [
      1 + ((n * 7) % 60),
      1 + ((n * 3) % 120),
    ]);
    await sql.query('UPDATE public.products SET name = $1, list_price = list_price + 1 WHERE id = $2', [
      `Product ${n}`,
      1 + (n % 50),
    ]);
    await sql.query('UPDATE public.order_lines SET product_id = $1 WHERE order_id = 9007199254740992 + $2', [
      1 + ((n * 11) % 50),
      1 + n,
    ]);
    await stock(`UPDATE prices SET amount = amount + 1 WHERE product_id = ${1 + (n % 50)}`);
    if (n % 5 === 0) await sql.query('DELETE FROM public.orders WHERE id = 9007199254740992 + $1', [60 + n]);
    if (n % 9 === 0) await stock(`DELETE FROM prices WHERE product_id = ${1 + (n % 50)} AND currency = 'GBP'`);
  }
  await sql.query(`INSERT INTO public.orders (customer_id, total) SELECT 1 + n % 60, n FROM generate_series(1, 30) n`);
  await expectConvergence();
});

it('tells more rows than an event waits for by jobs, which outlive the projector', async () => {
  const { sql } = loop;
  const { apps } = loop.loop;
  await sql.query(
    `INSERT INTO public.orders (customer_id, total) SELECT ${BUSY}, n FROM generate_series(1, ${MANY}) n`,
  );
  await expectConvergence();

  const notes = async (): Promise<string> => (await fetch(`${apps.operationsUrl('projector')}/health`)).text();
  await sql.query(`UPDATE public.customers SET full_name = 'First' WHERE id = ${BUSY}`);
  for (const name of ['Second', 'Third']) {
    // Told by the projector that runs now: jobs keep the pages of the one before.
    await eventually('the note of a job', async () =>
      /tells [1-9][\d,]* rows so far of a change of A#/.test(await notes()),
    );
    await apps.kill('projector');
    expect((await loop.jobs()).length).toBeGreaterThan(0);
    await sql.query(`UPDATE public.customers SET full_name = '${name}' WHERE id = ${BUSY}`);
    await apps.start('projector');
  }
  // Fresh changes go on meanwhile.
  const startedAt = Date.now();
  await sql.query('UPDATE public.orders SET total = 123456.78 WHERE id = $1', [FIRST_ORDER]);
  await eventually('a fresh change', async () => (await loop.totalOf(FIRST_ORDER)) === '123456.78');
  expect((await loop.jobs()).length).toBeGreaterThan(0);
  expect(Date.now() - startedAt).toBeLessThan(20_000);
  await expectConvergence();
  const metrics = await scrape(`${apps.operationsUrl('projector')}/metrics`);
  expect(total(metrics, 'projector_fanout_told_total')).toBeGreaterThan(MANY);
  expect(total(metrics, 'projector_halted_partitions')).toBe(0);
});

it('takes what was truncated out of what embedded it', async () => {
  const { sql } = loop;
  await sql.query('TRUNCATE public.order_lines');
  await sql.query(
    `INSERT INTO public.order_lines (order_id, line_no, product_id, quantity, unit_price)
     SELECT id, 1, 1 + (id % 50)::int, 2, 3 FROM public.orders WHERE id % 3 = 0`,
  );
  await sql.query('TRUNCATE public.orders CASCADE');
  await sql.query(
    'INSERT INTO public.orders (id, customer_id, total) SELECT n, 1 + n % 60, n FROM generate_series(1, 40) n',
  );
  await pause(4_000);
  await expectConvergence();
  expect(loop.crashes).toEqual([]);
});

/** A table is truncated in SQL while customers and others change it: its views are empty, and fill again. */
import { differencesIn, renderReport } from '@hybridge/inspector';
import { scrape, total } from '@hybridge/local-stack';
import { createTraffic } from '@hybridge/load';
import { type Item, stateOf } from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import { eventually } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';
import { expectOneOutcomeEach } from './outcomes.features.ts';

const MARK = { pk: 'C#truncate#shop.public.addresses', sk: 'projector' };
const ROUNDS = 3;

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({
    env: { PROJECTOR_TRUNCATE_DELIVERY_MS: '3000', PROJECTOR_TRUNCATE_INTERVAL_MS: '500' },
  });
  await harness.drained();
});

afterAll(async () => {
  await harness?.[Symbol.asyncDispose]();
});

async function expectConvergence(): Promise<void> {
  await harness.drained();
  const comparisons = await harness.compare();
  if (differencesIn(comparisons) > 0) throw new Error(`The views differ from SQL:\n${renderReport(comparisons)}`);
}

/** Rows of `addresses` that come, change and go, a few at a time, until the signal fires. */
async function churn(signal: AbortSignal): Promise<number> {
  let n = 0;
  while (!signal.aborted) {
    const label = `churn-${n % 50}`;
    await harness.sql.query(
      `INSERT INTO public.addresses (customer_id, label, street, postal_code, city, country)
       VALUES ($1, $2, 'Kade 1', '1000 AA', $3, 'NL')
       ON CONFLICT (customer_id, label) DO UPDATE SET city = excluded.city`,
      [1 + (n % 60), label, `city ${n}`],
    );
    if (n % 7 === 0)
      await harness.sql.query('DELETE FROM public.addresses WHERE label = $1', [`churn-${(n + 3) % 50}`]);
    n++;
    await pause(5, signal);
  }
  return n;
}

const inSql = async (query: string): Promise<number> => {
  const { rows } = await harness.sql.query<{ count: number }>(query);
  return rows[0]?.count ?? -1;
};

async function liveAddresses(): Promise<number> {
  let live = 0;
  for await (const item of harness.items.scan({ consistent: true })) {
    if (isAddress(item) && stateOf(item) === 'L') live++;
  }
  return live;
}

const isAddress = (item: Item): boolean => JSON.stringify(item['sk']).includes('ADDRESS#');

it('empties the views of a truncated table under traffic, again and again', async () => {
  const stopping = new AbortController();
  await using traffic = await createTraffic({
    sqlUrl: harness.loop.provisioned.sql.adminUrl,
    apiUrl: harness.apps.apiUrl,
    tokenFor: harness.apps.tokenFor,
    ratePerSecond: 30,
    customerPercent: 30,
    seed: 11,
  });
  const churning = churn(stopping.signal);
  for (let round = 0; round < ROUNDS; round++) {
    await pause(1_500);
    await harness.sql.query('TRUNCATE public.addresses');
    if (round === 1) {
      await harness.apps.kill('projector'); // in the middle of a sweep, or before it
      await harness.apps.start('projector');
    }
  }
  await pause(1_500);
  stopping.abort();
  expect(await churning).toBeGreaterThan(100);
  const { accepted } = await traffic.stop();
  await expectConvergence();
  await expectOneOutcomeEach(
    harness,
    accepted.map(({ changeId }) => changeId),
  );

  await eventually('the last sweep', async () => {
    const mark = await harness.items.get(MARK);
    return mark !== undefined && !('_v' in mark);
  });
  await expectConvergence();
  expect(await liveAddresses()).toBe(await inSql('SELECT count(*)::int AS count FROM public.addresses'));
  const metrics = await scrape(`${harness.apps.operationsUrl('projector')}/metrics`);
  expect(total(metrics, 'projector_halted_partitions')).toBe(0);
  expect(harness.crashes).toEqual([]);
});

it('leaves nothing of a table that is truncated and stays empty', async () => {
  await harness.sql.query('TRUNCATE public.addresses');
  await expectConvergence();
  await eventually('no address', async () => (await liveAddresses()) === 0);
  expect(await inSql('SELECT count(*)::int AS count FROM public.addresses')).toBe(0);
});

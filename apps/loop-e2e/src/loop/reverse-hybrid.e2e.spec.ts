/** Wishes live in DynamoDB first: customers go on without SQL, and SQL follows. */
import { CustomerChangeRejected } from '@hybridge/contracts';
import { differencesIn, renderReport } from '@hybridge/inspector';
import { ItemState, outcomesOf, stateOf } from '@hybridge/protocol';
import { eventually } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';
import { expectOneOutcomeEach } from './outcomes.features.ts';
import type { ApiAnswer } from './view-api-client.ts';

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
  expect(comparisons.find(({ view }) => view === 'wishes')?.counts.pending).toBe(0);
  expect(harness.crashes).toEqual([]);
});

const wishedAt = '2026-11-22T16:07:14Z';
const wish = (quantity: number) => ({ quantity, wishedAt });
const key = (customer: number, product: number) => ({ pk: `c1#CUSTOMER#${customer}`, sk: `WISH#${product}` });
const idOf = ({ body }: ApiAnswer): string => String(body['changeId']);

async function inSql(customer: number, product: number) {
  const { rows } = await harness.sql.query<{ quantity: number; note: string | null }>(
    'SELECT quantity, note FROM public.wishes WHERE customer_id = $1 AND product_id = $2',
    [customer, product],
  );
  return rows[0];
}

it('has loaded the wishes that SQL held', async () => {
  const { rows } = await harness.sql.query<{ count: number }>('SELECT count(*)::int AS count FROM public.wishes');
  const wishes = (await harness.compare()).find(({ view }) => view === 'wishes');
  expect(wishes?.counts.matched).toBe(rows[0]?.count);
  expect(rows[0]?.count).toBeGreaterThan(10);
});

it('brings what customers add, change and remove to SQL', async () => {
  const inserted = await harness.api.insert('wishes/1,5', wish(1));
  const updated = await harness.api.change('wishes/1,5', { quantity: 3, note: 'blue' });
  expect([inserted.status, updated.status]).toEqual([202, 202]);
  expect(await harness.api.read('wishes/1,5')).toMatchObject({ status: 200, source: 'item', body: { quantity: 3 } });
  await harness.drained();
  expect(await inSql(1, 5)).toEqual({ quantity: 3, note: 'blue' });
  const removed = await harness.api.remove('wishes/1,5');
  expect((await harness.api.read('wishes/1,5')).status).toBe(404);
  await harness.drained();
  expect(await inSql(1, 5)).toBeUndefined();
  const ids = [inserted, updated, removed].map(idOf);
  expect(await expectOneOutcomeEach(harness, ids)).toEqual({ applied: 3, rejected: 0 });
});

it('shows what the staff changes in SQL, and refuses visibly what SQL cannot hold', async () => {
  await harness.sql.query(`INSERT INTO public.wishes VALUES (2, 5, 1, 'by phone', now())`);
  await eventually('the wish', async () => (await harness.api.read('wishes/2,5')).body['note'] === 'by phone');
  const unknownProduct = await harness.api.insert('wishes/2,4711', wish(1));
  const event = await harness.bus.next(CustomerChangeRejected, ({ data }) => data.changeId === idOf(unknownProduct));
  expect(event.data).toMatchObject({ code: 'FK' });
  await eventually('the end of the wish', async () => (await harness.api.read('wishes/2,4711')).status === 404);
});

it('lets the customer win over what the staff does meanwhile', async () => {
  for (const product of [11, 12, 13]) await harness.api.insert(`wishes/3,${product}`, wish(1));
  await harness.drained();
  await harness.apps.kill('projector', 'SIGSTOP'); // the view does not hear of the staff before the customers act
  await harness.sql.query('DELETE FROM public.wishes WHERE customer_id = 3 AND product_id IN (11, 12)');
  await harness.sql.query(
    `UPDATE public.wishes SET quantity = 9, note = 'staff' WHERE customer_id = 3 AND product_id = 13`,
  );
  await harness.sql.query(`INSERT INTO public.wishes VALUES (3, 14, 7, 'staff', now())`);
  const answers = [
    await harness.api.change('wishes/3,11', { note: 'still' }),
    await harness.api.remove('wishes/3,12'),
    await harness.api.change('wishes/3,13', { quantity: 2 }),
    await harness.api.insert('wishes/3,14', wish(4)),
  ];
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  await eventually('the answers of SQL', async () => {
    const { rows } = await harness.sql.query('SELECT 1 FROM public.hybridge_inbox WHERE change_id = ANY($1)', [
      answers.map(idOf),
    ]);
    return rows.length === answers.length;
  });
  await harness.apps.kill('projector', 'SIGCONT');
  await harness.drained();
  expect(await expectOneOutcomeEach(harness, answers.map(idOf))).toEqual({ applied: 4, rejected: 0 });
  expect(await inSql(3, 11)).toEqual({ quantity: 1, note: 'still' });
  expect(await inSql(3, 12)).toBeUndefined();
  expect(await inSql(3, 13)).toEqual({ quantity: 2, note: 'staff' });
  expect(await inSql(3, 14)).toEqual({ quantity: 4, note: null });
});

it('goes on without SQL, and SQL catches up', async () => {
  await harness.api.insert('wishes/5,20', wish(1));
  await harness.api.insert('wishes/5,21', wish(1));
  await harness.drained();
  await harness.loop.stack.stopComponent('postgres');
  const answers: ApiAnswer[] = [];
  try {
    expect((await harness.api.read('wishes/5,22')).status).toBe(404);
    answers.push(
      await harness.api.insert('wishes/5,22', wish(2)),
      await harness.api.change('wishes/5,22', { note: 'no hurry' }),
      await harness.api.change('wishes/5,20', { quantity: 8 }),
      await harness.api.remove('wishes/5,21'),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect((await harness.api.read('wishes/5,22')).body).toMatchObject({ quantity: 2, note: 'no hurry' });
    expect((await harness.api.read('wishes/5,20')).body).toMatchObject({ quantity: 8 });
    expect((await harness.api.read('wishes/5,21')).status).toBe(404);
    expect((await harness.api.change('wishes/5,23', { note: 'x' })).status).toBe(404);
  } finally {
    await harness.loop.stack.startComponent('postgres');
  }
  await eventually(
    'the last change in SQL',
    async () => (await inSql(5, 22).catch(() => undefined))?.note === 'no hurry',
  );
  await harness.drained();
  expect(await expectOneOutcomeEach(harness, answers.map(idOf))).toEqual({ applied: 4, rejected: 0 });
  expect(await inSql(5, 20)).toMatchObject({ quantity: 8 });
  expect(await inSql(5, 21)).toBeUndefined();
  const item = await harness.items.get(key(5, 22));
  expect(item && [stateOf(item), outcomesOf(item).map(({ out }) => out)]).toEqual([ItemState.live, ['A', 'A']]);
});

import { leaseWrite } from '@hybridge/protocol';
import { createMemoryItemStore, testContext } from '@hybridge/testkit';
import { SqlReadError } from './errors.ts';
import { createFiller } from './filler.ts';
import { guardRowReader } from './guard-row-reader.ts';
import type { TableReader } from './row-reader.ts';
import { createSqlBreaker } from './sql-breaker.ts';
import { createSqlBudget } from './sql-budget.ts';
import { customer, everyCustomer } from './testing.features.ts';

const down = new SqlReadError('HYBRIDGE_READER_SQL_UNAVAILABLE', 'no connection', { cause: undefined });
const { view, itemKey, keyRow } = customer(1);

const budgetOf = (queriesPerSecond: number, burst: number, more = {}) =>
  createSqlBudget({ queriesPerSecond, burst, concurrency: 10, maxWaiting: 20_000, maxWaitMs: 3_600_000, ...more });

/** Takes 20 ms for a lease, so that all ask for one before the first has it. */
function slowStore() {
  const store = createMemoryItemStore();
  const { write } = store;
  return {
    ...store,
    write: async (...args: Parameters<typeof write>) => {
      if (args[0].expression === 'lease') await new Promise((resolve) => setTimeout(resolve, 20));
      return write(...args);
    },
  };
}

describe('guardRowReader', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it.each([
    { named: 'one by one', gatherMs: 0, statements: 10_000, queriesPerSecond: 500 },
    { named: 'gathered', gatherMs: 5, statements: 50, queriesPerSecond: 10 },
  ])(
    'lets 10,000 cold keys cost SQL no more a second than its budget, $named',
    async (given) => {
      const { queriesPerSecond, gatherMs } = given;
      const { rows, keys } = everyCustomer();
      const starts: number[] = [];
      const counted = {
        ...rows,
        read: (...args: Parameters<typeof rows.read>) => (starts.push(performance.now()), rows.read(...args)),
        readBatch: (...args: Parameters<typeof rows.readBatch>) => (
          starts.push(performance.now()),
          rows.readBatch(...args)
        ),
      };
      const guarded = guardRowReader(counted, { budget: budgetOf(queriesPerSecond, 5) });
      const dependencies = { store: createMemoryItemStore(), context: testContext(), rows: guarded };
      const filler = createFiller(dependencies, { gatherMs });
      const fills = Promise.all(
        Array.from({ length: 10_000 }, (_, n) => customer(n)).map((c) => filler.fill(c.view, c.itemKey, c.keyRow)),
      );
      await jest.advanceTimersByTimeAsync(25_000);
      expect((await fills).every(({ outcome }) => outcome === 'filled')).toBe(true);
      expect([starts.length, keys.reduce((all, n) => all + n)]).toEqual([given.statements, 10_000]);
      const inSecond = starts.map((from, i) => {
        let n = i;
        while (n < starts.length && (starts[n] as number) - from < 1_000) n++;
        return n - i;
      });
      expect(Math.max(...inSecond)).toBeLessThanOrEqual(queriesPerSecond + 5);
    },
    30_000,
  );

  it.each([
    { named: 'one by one', gatherMs: 0, maxWaiting: 250, filled: 250 + 5, fill: 'fill' },
    { named: 'gathered', gatherMs: 5, maxWaiting: 2, filled: (2 + 5) * 200, fill: 'fill' },
    { named: 'in batches', gatherMs: 0, maxWaiting: 2, filled: (2 + 5) * 200, fill: 'fillMany' },
  ] as const)('takes no lease for those it will refuse, $named', async ({ gatherMs, maxWaiting, filled, fill }) => {
    const { rows } = everyCustomer();
    const store = slowStore();
    const refused: string[] = [];
    const budget = budgetOf(100, 5, { maxWaiting, onRefused: (why: string) => refused.push(why) });
    const dependencies = { store, context: testContext(), rows: guardRowReader(rows, { budget }) };
    const filler = createFiller(dependencies, { gatherMs });
    const all = Array.from({ length: filled + 1_000 }, (_, n) => customer(n));
    const fills =
      fill === 'fillMany'
        ? filler.fillMany(all)
        : Promise.allSettled(all.map((c) => filler.fill(c.view, c.itemKey, c.keyRow)));
    await jest.advanceTimersByTimeAsync(10_000);
    const rejected = (await fills).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(rejected).toHaveLength(1_000);
    expect(new Set(rejected.map(({ code }) => code))).toEqual(new Set(['HYBRIDGE_READER_SQL_BUSY']));
    expect(store.writes.filter(({ write }) => write.expression === 'lease')).toHaveLength(filled);
    expect(store.writes).toHaveLength(2 * filled);
    expect([budget.waiting, budget.running, new Set(refused)]).toEqual([0, 0, new Set(['full'])]);
  });

  it('gives the place of a batch back when others have all its leases', async () => {
    const { rows } = everyCustomer();
    const store = createMemoryItemStore();
    const context = testContext();
    const entries = [1, 2, 3].map(customer);
    for (const entry of entries) await store.write(leaseWrite(entry.itemKey, 'other', context));
    const budget = budgetOf(100, 5);
    const filler = createFiller({ store, context, rows: guardRowReader(rows, { budget }), followMs: 1_000 });
    const filling = filler.fillMany(entries);
    expect(budget.waiting).toBe(1);
    await jest.advanceTimersByTimeAsync(500); // they follow
    expect(budget.waiting).toBe(0);
    await jest.advanceTimersByTimeAsync(5_000);
    expect((await filling).map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
  });

  it('counts the statement of a proof, and one for every 200 keys', async () => {
    const { rows } = everyCustomer();
    const starts: number[] = [];
    const budget = budgetOf(1, 2, { onAdmitted: () => starts.push(performance.now()) });
    const guarded = guardRowReader(rows, { budget });
    const begun = performance.now();
    const requests = Array.from({ length: 400 }, (_, n) => ({ keyRow: customer(n).keyRow }));
    const reads = Promise.all([
      guarded.read(view, keyRow, '701'), // two statements: the burst
      guarded.readBatch?.(view, requests), // two of a second each
      guarded.read(view, keyRow),
    ]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect((await reads)[1]).toHaveLength(400);
    expect(starts.map((at) => Math.round((at - begun) / 1_000))).toEqual([0, 1, 2, 3]);
  });

  it('asks nothing while the breaker is open, not even for a lease or a place in line', async () => {
    let isDown = true;
    const { rows, keys } = everyCustomer({ fails: () => (isDown ? down : undefined) });
    const admitted: number[] = [];
    const breaker = createSqlBreaker({ consecutiveFailures: 2, halfOpenAfterMs: 1_000 });
    const budget = budgetOf(1_000, 10, { onAdmitted: (ms: number) => admitted.push(ms) });
    const store = createMemoryItemStore();
    const filler = createFiller({ store, context: testContext(), rows: guardRowReader(rows, { budget, breaker }) });
    const fill = () => filler.fill(view, itemKey, keyRow);
    for (let n = 0; n < 2; n++) await expect(fill()).rejects.toBe(down);
    const [writes, asked] = [store.writes.length, keys.length];
    for (let n = 0; n < 100; n++) await expect(fill()).rejects.toMatchObject({ retryAfterMs: 1_000, cause: down });
    expect([store.writes.length, keys.length, admitted.length]).toEqual([writes, asked, 2]);

    isDown = false;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await fill()).toMatchObject({ outcome: 'filled' });
    expect(breaker.state).toBe('closed');
  });

  it('refuses those in line when the breaker opens before their turn', async () => {
    const { rows, keys } = everyCustomer({ fails: () => down });
    const guard = {
      budget: budgetOf(10, 2),
      breaker: createSqlBreaker({ consecutiveFailures: 2, halfOpenAfterMs: 60_000 }),
    };
    const guarded = guardRowReader(rows, guard);
    const reads = Promise.allSettled(Array.from({ length: 20 }, () => guarded.read(view, keyRow)));
    await jest.advanceTimersByTimeAsync(5_000);
    expect((await reads).every(({ status }) => status === 'rejected')).toBe(true);
    expect(keys).toHaveLength(2);
  });

  it('guards what a table reader can do beside, and the primary behind a replica', async () => {
    const { rows, keys } = everyCustomer();
    const table: TableReader = {
      ...rows,
      primary: rows,
      readMany: async (_view, all) => (keys.push(all.length), all.map(() => undefined)),
      isWithin: async () => true,
    };
    let admitted = 0;
    const guarded = guardRowReader(table, { budget: budgetOf(1_000, 10, { onAdmitted: () => admitted++ }) });
    const all = Array.from({ length: 250 }, () => keyRow);
    expect(await guarded.readMany(view, all)).toHaveLength(250);
    expect(keys).toEqual([200, 50]);
    expect(await guarded.isWithin(view, keyRow, {})).toBe(true);
    await guarded.primary?.read(view, keyRow);
    expect(admitted).toBe(4);
  });
});

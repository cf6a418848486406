import { catalog } from '@hybridge/definitions';
import { createMetrics, silentLogger } from '@hybridge/observability';
import { type ItemKey, ItemState, carryOut, decideCustomerChange, scalarOf, stateOf, text } from '@hybridge/protocol';
import type { RowReader } from '@hybridge/reader-sql';
import { createLanes } from '@hybridge/runtime';
import type { ChangeRecord } from '@hybridge/source-kafka';
import {
  type CellRow,
  type MemoryItemStore,
  changeEvent,
  createMemoryItemStore,
  customerChange,
  inboxEvent,
  testContext,
} from '@hybridge/testkit';
import { UNAVAILABLE, decodeTextRow } from '@hybridge/views';
import { createBatchHandler } from './handle-batch.ts';
import { createProjectorMetrics } from './metrics.ts';
import { addressRow, recordOf } from './testing.features.ts';

const KEY: ItemKey = { pk: 'c1#CUSTOMER#9007199254740993', sk: 'ADDRESS#home' };
const table = 'public.addresses';

const transient = (message: string): Error => Object.assign(new Error(message), { retry: 'transient' });

/** SQL as the fills see it: one row. */
const rowsOf = (row: Record<string, string | null>): RowReader => ({
  read: async (view) => ({ proven: true, row: decodeTextRow(view.table, Object.keys(view.table.columns), row) }),
  scan: async function* () {},
});

function setUp(store: MemoryItemStore = createMemoryItemStore()) {
  const metrics = createProjectorMetrics(createMetrics('projector', { process: false }));
  const handle = createBatchHandler({
    store,
    rows: rowsOf({ ...TEXT_ROW, instructions: 'from SQL' }),
    context: testContext(),
    metrics,
    logger: silentLogger(),
    lanes: createLanes({ concurrency: 4 }),
    decode: { catalog, inboxTable: 'public.hybridge_inbox', agedAfterMs: 1e12 },
  });
  const run = (records: readonly ChangeRecord[], signal = new AbortController().signal) =>
    handle({ topic: 'shop.public.addresses', partition: 0, records, highWatermark: 100n }, signal);
  return { store, metrics, run };
}

const TEXT_ROW = {
  customer_id: '9007199254740993',
  label: 'home',
  street: 'Oudegracht 1',
  postal_code: '3511 AB',
  city: 'Utrecht',
  country: 'NL',
  instructions: null,
};

let lsn = 1_000;
const change = (offset: bigint, row: CellRow | null, op?: 'c' | 'u' | 'd'): ChangeRecord =>
  recordOf(changeEvent({ table, after: row, ...(op === undefined ? {} : { op }), lsn: (lsn += 10) }), {
    offset,
    key: '{"customer_id":9007199254740993,"label":"home"}',
  });

describe('the batch handler', () => {
  it('commits behind the last record once all writes are done', async () => {
    const { run, store } = setUp();
    const result = await run([change(5n, addressRow()), change(6n, addressRow({ label: 'work' }))]);
    expect(result).toEqual({ nextOffset: 7n });
    expect(store.items()).toHaveLength(2);
  });

  it('writes a hot row once a batch, with its newest image', async () => {
    const { run, store } = setUp();
    const records = ['A', 'B', 'C'].map((city, i) => change(BigInt(i), addressRow({ city })));
    await run(records);
    expect(store.writes).toHaveLength(1);
    expect(scalarOf(store.peek(KEY)?.['city'])).toBe('C');
  });

  it('lays a partial update over the full image before it', async () => {
    const { run, store } = setUp();
    await run([
      change(0n, addressRow({ instructions: 'ring twice' })),
      change(1n, addressRow({ city: 'Delft', instructions: UNAVAILABLE }), 'u'),
    ]);
    expect(store.writes).toHaveLength(1);
    expect(scalarOf(store.peek(KEY)?.['city'])).toBe('Delft');
    expect(scalarOf(store.peek(KEY)?.['instructions'])).toBe('ring twice');
  });

  it('ignores the repeated suffix of a replay', async () => {
    const { run, store } = setUp();
    const first = change(0n, addressRow({ city: 'A' }));
    const second = change(1n, addressRow({ city: 'B' }));
    await run([first, second, { ...first, offset: 2n }]);
    expect(scalarOf(store.peek(KEY)?.['city'])).toBe('B');
  });

  it('leaves a tombstone for a row that came and went', async () => {
    const { run, store } = setUp();
    await run([change(0n, addressRow()), change(1n, null, 'd')]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.tombstone);
  });

  it('fills an item from SQL when an update came without its unchanged columns', async () => {
    const { run, store } = setUp();
    await run([change(0n, addressRow({ instructions: UNAVAILABLE }), 'u')]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.live);
    expect(scalarOf(store.peek(KEY)?.['instructions'])).toBe('from SQL');
  });

  it('fills a fence that a crashed predecessor left behind', async () => {
    const { run, store } = setUp();
    const record = change(0n, addressRow({ instructions: UNAVAILABLE }), 'u');
    await run([record]);
    const { instructions: _, ...fence } = store.peek(KEY) ?? {};
    store.put({ ...fence, _st: { S: 'F' } });
    await run([record]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.live);
  });

  it('fills the fence that a refused insert over an unknown key leaves, also when it comes again', async () => {
    const { run, store } = setUp();
    const insert = customerChange({ key: KEY, op: 'i', set: { city: text('Delft') } });
    await carryOut(store, KEY, (seen) => decideCustomerChange(insert, testContext(), seen));
    const refused = inboxEvent({ changeId: insert.id, view: 'addresses', ...KEY, outcome: 'R', code: 'CONFLICT' });
    await run([recordOf(refused)]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.live);
    expect(scalarOf(store.peek(KEY)?.['instructions'])).toBe('from SQL');

    const { instructions: _, ...fence } = store.peek(KEY) ?? {};
    store.put({ ...fence, _st: { S: 'F' } });
    await run([recordOf(refused, { offset: 1n })]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.live);
  });

  it('tries again after a transient failure, also when the write had taken effect', async () => {
    const { run, store, metrics } = setUp();
    store.failNextWrite(transient('throttled'));
    store.failNextWrite(transient('timed out'), { applied: true });
    expect(await run([change(0n, addressRow({ city: 'A' }))])).toEqual({ nextOffset: 1n });
    expect(scalarOf(store.peek(KEY)?.['city'])).toBe('A');
    expect((await metrics.retries.get()).values[0]?.value).toBe(2);
  });

  it('halts at the first record that failed for good, with the others written', async () => {
    const { run, store } = setUp();
    store.failNextWrite(new Error('ValidationException'));
    const result = await run([change(0n, addressRow()), change(1n, addressRow({ label: 'work' }))]);
    expect(result.nextOffset).toBe(0n);
    expect(String(result.halted)).toContain('ValidationException');
    expect(store.items()).toHaveLength(1);
  });

  it('halts at a record that cannot be read, with those before it done', async () => {
    const { run, store } = setUp();
    const result = await run([change(0n, addressRow()), recordOf('{', { offset: 1n }), change(2n, addressRow())]);
    expect(result.nextOffset).toBe(1n);
    expect(String(result.halted)).toContain('offset 1');
    expect(store.writes).toHaveLength(1);
  });

  it('commits nothing past what is not written when it is stopped, and does not call that halted', async () => {
    const { run, store } = setUp();
    const controller = new AbortController();
    store.failNextWrite(transient('throttled'));
    controller.abort();
    expect(await run([change(3n, addressRow())], controller.signal)).toEqual({ nextOffset: 3n });
  });

  it('reports the lag behind the newest record', async () => {
    const { run, metrics } = setUp();
    await run([change(41n, addressRow())]);
    expect((await metrics.lag.get()).values).toMatchObject([{ value: 58 }]);
  });
});

import { silentLogger } from '@hybridge/observability';
import {
  type Item,
  ItemState,
  Meta,
  columnsOf,
  hasPending,
  isControlKey,
  keyOf,
  list,
  scalarOf,
  stateOf,
  text,
  truthOf,
  versionOf,
} from '@hybridge/protocol';
import { type MemoryItemStore, createMemoryItemStore, item, pending, testContext, versionAt } from '@hybridge/testkit';
import { column, createCatalog, int4, notNull, source, table, text as textCodec, view } from '@hybridge/views';
import { markKey, readMark } from './mark.ts';
import { type TruncateEvent, type TruncateSweeperOptions, createTruncateSweeper } from './sweeper.ts';

const tableOf = (name: string) =>
  table({
    source: source('test', 'postgres'),
    name: `public.${name}`,
    primaryKey: ['id'],
    columns: { id: notNull(int4()), city: notNull(textCodec()), name: notNull(textCodec()) },
  });
const attributes = { city: 'city', name: 'name' } as const;
const people = tableOf('people');
const catalog = createCatalog([
  view('eager', { table: people, key: { pk: ['e1', column('id')], sk: ['E'] }, attributes }),
  view('lazy', { table: people, key: { pk: ['l1', column('id')], sk: ['L'] }, attributes, mode: 'lazy' }),
  view('twin', {
    table: { ...people, source: source('twin', 'postgres') },
    key: { pk: ['t1', column('id')], sk: ['T'] },
    attributes,
  }),
  view('others', { table: tableOf('others'), key: { pk: ['o1', column('id')], sk: ['O'] }, attributes }),
]);

const eager = (id: number) => ({ pk: `e1#${id}`, sk: 'E' });
const lazy = (id: number) => ({ pk: `l1#${id}`, sk: 'L' });
const PEOPLE = { source: 'test', table: 'public.people' };
const MARK = markKey(PEOPLE, 'projector');
const truncation = (n: number): TruncateEvent => ({
  ...PEOPLE,
  version: versionAt(n),
  transaction: String(700 + n),
  committedAt: 1_700_000_000_000 + n,
});
const { signal } = new AbortController();
const transient = (): Error => Object.assign(new Error('throttled'), { retry: 'transient' });

function setUp(items: readonly Item[], options: Partial<TruncateSweeperOptions> = {}) {
  const store: MemoryItemStore = createMemoryItemStore(items);
  const context = testContext();
  const ends = new Map([
    [0, 10n],
    [1, 0n],
  ]);
  const committed = new Map([[0, 9n]]);
  const outcomes: [string, string][] = [];
  const scans: (string | undefined)[] = [];
  let broken = 0;
  const sweeper = createTruncateSweeper(
    {
      catalog,
      store,
      context,
      logger: silentLogger(),
      tellOthers: async () => undefined,
      endOffsets: async () => ends,
      committedOffsets: async () => committed,
      onSwept: (name, outcome) => void outcomes.push([name, outcome]),
      items: {
        async *scan({ after }) {
          scans.push(after?.pk);
          const all = [...store.items()].sort((a, b) => (keyOf(a).pk < keyOf(b).pk ? -1 : 1));
          for (const one of all) {
            if (after !== undefined && keyOf(one).pk <= after.pk) continue;
            if (broken > 0 && keyOf(one).pk >= eager(2).pk) {
              broken--;
              throw transient();
            }
            yield one;
          }
        },
      },
    },
    { groupId: 'projector', deliveryMs: 60_000, concurrency: 1, ...options },
  );
  return { store, context, sweeper, ends, committed, outcomes, scans, breakScan: () => void broken++ };
}

const states = (store: MemoryItemStore) =>
  Object.fromEntries(
    store
      .items()
      .filter((one) => !isControlKey(keyOf(one)))
      .map((one) => [keyOf(one).pk, stateOf(one)]),
  );

describe('a TRUNCATE', () => {
  it('turns every older item of the table into a tombstone, and touches nothing else', async () => {
    const other = { pk: 'o1#1', sk: 'O' };
    const ofAnotherSource = { pk: 't1#1', sk: 'T' };
    const { store, sweeper } = setUp([
      item({ key: eager(1), n: 1 }),
      item({ key: eager(2), n: 5 }),
      item({ key: eager(3), n: 6 }),
      item({ key: eager(4), n: 1, state: ItemState.quarantined }),
      item({ key: lazy(1), n: 1 }),
      item({ key: other, n: 1 }),
      item({ key: ofAnotherSource, n: 1 }),
      item({ key: { pk: 'e1#no number', sk: 'E' }, n: 1 }),
    ]);
    await sweeper.truncated(truncation(5), signal);
    expect(states(store)).toEqual({
      'e1#1': 'T',
      'e1#2': 'L',
      'e1#3': 'L',
      'e1#4': 'T',
      'l1#1': 'T',
      'o1#1': 'L',
      't1#1': 'L',
      'e1#no number': 'L',
    });
    expect(versionOf(store.peek(eager(1)) as Item)).toBe(versionAt(5));
    expect(columnsOf(store.peek(eager(1)) as Item)).toEqual({});
  });

  it('leaves its mark before it touches an item', async () => {
    const { store, sweeper } = setUp([item({ key: eager(1) })]);
    await sweeper.truncated(truncation(5), signal);
    expect(store.writes.map(({ write }) => write.expression)).toEqual(['markTruncate', 'remove']);
    expect(readMark(store.peek(MARK))).toMatchObject({ version: versionAt(5), endOffsets: undefined });
  });

  it('sweeps nothing without a mark', async () => {
    const { store, sweeper } = setUp([item({ key: eager(1) })]);
    const write = store.write;
    store.write = (one) =>
      one.expression === 'markTruncate' ? Promise.resolve({ ok: false, item: undefined }) : write(one);
    await expect(sweeper.truncated(truncation(5), signal)).rejects.toThrow(
      /mark of the TRUNCATE of test.public.people/,
    );
    expect(states(store)).toEqual({ 'e1#1': 'L' });
  });

  it('does nothing for a table of no view', async () => {
    const { store, sweeper } = setUp([]);
    await sweeper.truncated({ ...truncation(5), table: 'public.nobody' }, signal);
    expect(store.items()).toEqual([]);
  });

  it('takes the row away under a change that SQL has not answered, and keeps the change', async () => {
    const waiting = {
      [Meta.truth]: { M: { e: { N: '1' }, c: { M: { city: text('Leiden'), name: text('Ada') } } } },
      [Meta.pendingSince]: text('2026'),
    };
    const { store, sweeper, outcomes } = setUp([item({ key: eager(1), pending: [pending()], meta: waiting })]);
    await sweeper.truncated(truncation(5), signal);
    const after = store.peek(eager(1)) as Item;
    expect([stateOf(after), hasPending(after), truthOf(after)]).toEqual(['D', true, { exists: false }]);
    expect(outcomes).toEqual([['eager', 'rebased']]);
  });

  it('only fences what a reader filled in a lazy view: the row may have come after', async () => {
    const filled = { [Meta.version]: text(versionAt(0)) };
    const { store, sweeper } = setUp([
      item({ key: lazy(1), meta: filled }),
      item({ key: lazy(2), state: ItemState.fence, meta: filled }),
      item({ key: lazy(3), state: ItemState.quarantined, meta: filled }),
      item({ key: eager(1), meta: filled }),
    ]);
    await sweeper.truncated(truncation(5), signal);
    expect(states(store)).toEqual({ 'l1#1': 'F', 'l1#2': 'F', 'l1#3': 'F', 'e1#1': 'T' });
    expect(scalarOf(store.peek(lazy(1))?.[Meta.transaction])).toBe('705');
  });

  it('tries again after transient failures, from where the scan broke off', async () => {
    const { store, sweeper, scans, breakScan } = setUp([1, 2, 3].map((id) => item({ key: eager(id) })));
    breakScan();
    store.failNextWrite(transient());
    await sweeper.truncated(truncation(5), signal);
    expect(states(store)).toEqual({ 'e1#1': 'T', 'e1#2': 'T', 'e1#3': 'T' });
    expect(scans).toEqual([undefined, 'e1#1']);
  });

  it('ends with an error for good when it is stopped, so that the record is not taken for done', async () => {
    const stopped = new AbortController();
    const { sweeper } = setUp([item({ key: eager(1) })]);
    stopped.abort(new Error('stopped'));
    await expect(sweeper.truncated(truncation(5), stopped.signal)).rejects.toThrow('stopped');
  });

  it('holds to the rate asked for', async () => {
    const { sweeper } = setUp(
      [1, 2, 3, 4].map((id) => item({ key: eager(id) })),
      { ratePerSecond: 50 },
    );
    const startedAt = performance.now();
    await sweeper.truncated(truncation(5), signal);
    expect(performance.now() - startedAt).toBeGreaterThan(70);
  });
});

describe('the last sweep', () => {
  /** An older row from another partition, which came after the first sweep. */
  const late = item({ key: eager(7), n: 4 });

  it('waits for the delivery time, then for the offsets of then, and takes what came late', async () => {
    const { store, context, sweeper, ends, committed } = setUp([]);
    await sweeper.truncated(truncation(5), signal);
    expect(await sweeper.sweepDue(signal)).toEqual([PEOPLE]);
    expect(readMark(store.peek(MARK))?.endOffsets).toBeUndefined();

    context.advance(60_000);
    ends.set(0, 12n); // a record that was sent before the TRUNCATE came to its partition only now
    await sweeper.sweepDue(signal);
    expect(readMark(store.peek(MARK))?.endOffsets).toEqual(new Map([...ends]));
    ends.set(0, 99n); // what comes later is newer than the TRUNCATE

    committed.set(0, 11n);
    store.put(late);
    expect(await sweeper.sweepDue(signal)).toEqual([PEOPLE]);
    expect(states(store)).toEqual({ 'e1#7': 'L' });

    committed.set(0, 12n);
    expect(await sweeper.sweepDue(signal)).toEqual([]);
    expect(states(store)).toEqual({ 'e1#7': 'T' });
    expect(readMark(store.peek(MARK))).toBeUndefined();
    expect(Number(scalarOf(store.peek(MARK)?.[Meta.expiry]))).toBeGreaterThan(context.now() / 1000);
  });

  it('waits while nothing was committed for a partition that has records', async () => {
    const { context, sweeper, committed } = setUp([]);
    committed.set(0, -1n);
    await sweeper.truncated(truncation(5), signal);
    context.advance(60_000);
    await sweeper.sweepDue(signal);
    expect(await sweeper.sweepDue(signal)).toEqual([PEOPLE]);
  });

  it('is one for several truncations: the newest', async () => {
    const { store, context, sweeper, committed } = setUp([]);
    committed.set(0, 10n);
    await sweeper.truncated(truncation(5), signal);
    context.advance(60_000);
    await sweeper.sweepDue(signal);
    await sweeper.truncated(truncation(8), signal);
    await sweeper.truncated(truncation(5), signal);
    expect(readMark(store.peek(MARK))).toMatchObject({ version: versionAt(8), endOffsets: undefined });
    store.put(item({ key: eager(7), n: 7 }));
    context.advance(60_000);
    await sweeper.sweepDue(signal);
    await sweeper.sweepDue(signal);
    expect(states(store)).toEqual({ 'e1#7': 'T' });
  });

  it('does no harm when two do it at once, and the one that is late leaves a newer mark alone', async () => {
    const { store, context, sweeper, committed } = setUp([late]);
    await sweeper.truncated(truncation(3), signal);
    committed.set(0, 10n);
    context.advance(60_000);
    await sweeper.sweepDue(signal);
    await Promise.all([sweeper.sweepDue(signal), sweeper.truncated(truncation(5), signal), sweeper.sweepDue(signal)]);
    expect(readMark(store.peek(MARK))?.version).toBe(versionAt(5));
    expect(states(store)).toEqual({ 'e1#7': 'T' });
  });

  it('can be marked anew after it is done, as when a topic is replayed', async () => {
    const { store, context, sweeper, committed } = setUp([]);
    committed.set(0, 10n);
    for (const _ of [1, 2]) {
      await sweeper.truncated(truncation(5), signal);
      store.put(late);
      context.advance(60_000);
      await sweeper.sweepDue(signal);
      await sweeper.sweepDue(signal);
      expect(states(store)).toEqual({ 'e1#7': 'T' });
      store.expire(eager(7));
    }
  });

  it('is of one consumer group', async () => {
    const { store, sweeper } = setUp([], { groupId: 'rebuild' });
    await sweeper.truncated(truncation(5), signal);
    expect(store.peek(MARK)).toBeUndefined();
    expect(readMark(store.peek(markKey(PEOPLE, 'rebuild')))).toBeDefined();
  });

  it('goes on after a look that failed, until it is stopped', async () => {
    const stop = new AbortController();
    const { store, context, sweeper, committed } = setUp([], { intervalMs: 1 });
    committed.set(0, 10n);
    await sweeper.truncated(truncation(5), signal);
    store.put(late);
    context.advance(60_000);
    store.failNextWrite(new Error('broken'));
    const running = sweeper.run(stop.signal);
    while (readMark(store.peek(MARK)) !== undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    stop.abort();
    await running;
    expect(states(store)).toEqual({ 'e1#7': 'T' });
  });
});

it('marks are no items of a view, whatever is in them', () => {
  expect(catalog.byKey(MARK)).toBeUndefined();
  expect(readMark({ ...item(), [Meta.pending]: list([]) })).toBeUndefined();
});

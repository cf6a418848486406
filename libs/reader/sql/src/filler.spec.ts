import {
  type ItemStore,
  Meta,
  carryOut,
  decideRowChange,
  leaseWrite,
  scalarOf,
  text,
  plainShape,
} from '@hybridge/protocol';
import { createMemoryItemStore, rowChange, testContext } from '@hybridge/testkit';
import { SqlReadError } from './errors.ts';
import type { FillResult } from './fill-result.ts';
import { createFiller } from './filler.ts';
import type { RowReader } from './row-reader.ts';
import { customer, customers, everyCustomer, found, key, keyRow, setUp, unproven } from './testing.features.ts';

const outcomes = (results: readonly PromiseSettledResult<FillResult>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? result.value.outcome : result.reason));

const many = (count: number) => Array.from({ length: count }, (_, n) => customer(n + 1));

describe('createFiller', () => {
  it('lets misses of one key at the same time share one read of SQL', async () => {
    const { dependencies, proofs, store } = setUp(found);
    const filler = createFiller(dependencies);
    const results = await Promise.all([1, 2, 3].map(() => filler.fill(customers, key, keyRow)));
    expect(results.map(({ outcome }) => outcome)).toEqual(['filled', 'filled', 'filled']);
    expect(proofs).toHaveLength(1);
    expect(store.writes).toHaveLength(2);
  });

  it('fills again after a failure', async () => {
    const { dependencies } = setUp(() => Promise.reject(new Error('SQL is down')), found);
    const filler = createFiller(dependencies);
    await expect(filler.fill(customers, key, keyRow)).rejects.toThrow('SQL is down');
    expect(await filler.fill(customers, key, keyRow)).toMatchObject({ outcome: 'filled' });
  });

  it('reads single misses that come together in one statement when told to', async () => {
    const { rows, keys } = everyCustomer();
    const filler = createFiller({ store: createMemoryItemStore(), context: testContext(), rows }, { gatherMs: 5 });
    const results = await Promise.all(many(250).map((c) => filler.fill(c.view, c.itemKey, c.keyRow)));
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['filled']));
    expect(keys).toEqual([200, 50]);
  });
});

describe('fillMany', () => {
  const fillerOn = (store: ItemStore, rows: RowReader) => createFiller({ store, rows, context: testContext() });

  it('reads 200 keys in one statement and stores each, in order', async () => {
    const store = createMemoryItemStore();
    const { rows, keys } = everyCustomer();
    const results = await fillerOn(store, rows).fillMany(many(450));
    expect(outcomes(results)).toEqual(Array(450).fill('filled'));
    expect(keys).toEqual([200, 200, 50]);
    expect(
      results.map((r) => r.status === 'fulfilled' && r.value.outcome === 'filled' && r.value.item?.['pk']),
    ).toEqual(many(450).map(({ itemKey }) => text(itemKey.pk)));
    expect(store.items()).toHaveLength(450);
  });

  it('waits for the slowest lease before it asks', async () => {
    const store = createMemoryItemStore();
    const { rows, keys } = everyCustomer();
    const slow: ItemStore = {
      get: (of) => store.get(of),
      write: async (write) => {
        if (write.expression === 'lease') await new Promise((resolve) => setTimeout(resolve, Math.random() * 50));
        return store.write(write);
      },
    };
    await fillerOn(slow, rows).fillMany(many(100));
    expect(keys).toEqual([100]);
  });

  it('does not let one lease that hangs hold up the others', async () => {
    const store = createMemoryItemStore();
    const { rows, keys } = everyCustomer();
    const slow: ItemStore = {
      get: (of) => store.get(of),
      write: async (write) => {
        const hangs = write.expression === 'lease' && write.key.pk === customer(2).itemKey.pk;
        if (hangs) await new Promise((resolve) => setTimeout(resolve, 700));
        return store.write(write);
      },
    };
    expect(outcomes(await fillerOn(slow, rows).fillMany(many(3)))).toEqual(['filled', 'filled', 'filled']);
    expect(keys).toEqual([2, 1]);
  });

  it('still asks once for 200 keys when leases take long to get through', async () => {
    const store = createMemoryItemStore();
    const { rows, keys } = everyCustomer();
    let last = Promise.resolve();
    const narrow: ItemStore = {
      get: (of) => store.get(of),
      write: async (write) => {
        if (write.expression === 'lease') {
          last = last.then(() => new Promise((resolve) => setTimeout(resolve, 1)));
          await last;
        }
        return store.write(write);
      },
    };
    await fillerOn(narrow, rows).fillMany(many(800));
    expect(keys).toEqual([200, 200, 200, 200]);
  });

  it('answers from the item where somebody else is filling, and asks SQL only for the rest', async () => {
    const store = createMemoryItemStore();
    const context = testContext();
    const { rows, keys } = everyCustomer();
    const other = createFiller({ store, context, rows: everyCustomer({ takesMs: 60 }).rows });
    const ahead = other.fill(customer(2).view, customer(2).itemKey, customer(2).keyRow);
    const results = await createFiller({ store, context, rows }).fillMany(many(3));
    expect(outcomes(results)).toEqual(['filled', 'hit', 'filled']);
    expect(keys).toEqual([2]);
    await ahead;
  });

  it('shares keys with single fills, whichever comes first, and asks once for a key named twice', async () => {
    const { rows, keys } = everyCustomer({ takesMs: 20 });
    const filler = fillerOn(createMemoryItemStore(), rows);
    const fill = (n: number) => filler.fill(customer(n).view, customer(n).itemKey, customer(n).keyRow);
    const before = fill(1);
    const batch = filler.fillMany([customer(1), customer(2), customer(2), customer(3)]);
    const after = fill(3);
    expect(outcomes(await batch)).toEqual(Array(4).fill('filled'));
    expect([(await before).outcome, (await after).outcome]).toEqual(['filled', 'filled']);
    expect(keys).toEqual([1, 2]);
  });

  it('hands every key its proof, and reads those again that are not proven', async () => {
    const store = createMemoryItemStore();
    const { rows } = everyCustomer();
    const asked: (string | undefined)[][] = [];
    await Promise.all(
      [1, 2].map((n) =>
        carryOut(store, customer(n).itemKey, (seen) =>
          decideRowChange(
            rowChange({ key: customer(n).itemKey, n, shape: plainShape(['name', 'city']) }),
            'lazy',
            testContext(),
            seen,
          ),
        ),
      ),
    );
    const proving: RowReader = {
      ...rows,
      readBatch: async (view, requests) => {
        asked.push(requests.map(({ proof }) => proof));
        const reads = await rows.readBatch(view, requests);
        return reads.map((read, i) => (requests[i]?.proof === '702' ? unproven : read));
      },
      read: (view, of, proof) => (asked.push([proof]), rows.read(view, of)),
    };
    expect(outcomes(await fillerOn(store, proving).fillMany(many(3)))).toEqual(['filled', 'filled', 'filled']);
    expect(asked).toEqual([['701', '702', undefined], ['702']]);
  });

  it('tells each key why it was not filled, and gives the leases back', async () => {
    const store = createMemoryItemStore();
    const down = new SqlReadError('HYBRIDGE_READER_SQL_UNAVAILABLE', 'no connection', { cause: undefined });
    const { rows, keys } = everyCustomer({ fails: () => down });
    expect(outcomes(await fillerOn(store, rows).fillMany(many(3)))).toEqual([down, down, down]);
    expect(keys).toEqual([3]);
    expect(store.items().map((item) => item[Meta.leaseToken])).toEqual([undefined, undefined, undefined]);
  });

  it('reads each key alone when SQL cannot read one of them as a value', async () => {
    const { rows } = everyCustomer();
    const bad = new SqlReadError('HYBRIDGE_READER_SQL_REFUSED', 'no integer', { sqlState: '22P02', cause: undefined });
    const picky: RowReader = {
      ...rows,
      readBatch: () => Promise.reject(bad),
      read: (view, of) => (scalarOf(of['id'] as never) === '2' ? Promise.reject(bad) : rows.read(view, of)),
    };
    const results = await fillerOn(createMemoryItemStore(), picky).fillMany(many(3));
    expect(outcomes(results)).toEqual(['filled', bad, 'filled']);
  });

  it('reads row by row where the reader can do no more', async () => {
    const { rows, keys } = everyCustomer();
    const { read, scan } = rows;
    expect(outcomes(await fillerOn(createMemoryItemStore(), { read, scan }).fillMany(many(3)))).toHaveLength(3);
    expect(keys).toEqual([1, 1, 1]);
  });

  it('has nothing to do for nothing', async () => {
    expect(await fillerOn(createMemoryItemStore(), everyCustomer().rows).fillMany([])).toEqual([]);
  });
});

describe('misses of one key over several processes', () => {
  /** Processes share the table and nothing else. */
  const processes = (count: number, options: Parameters<typeof everyCustomer>[0], leaseMs = 5_000) => {
    const store = createMemoryItemStore();
    const { rows, keys } = everyCustomer(options);
    const nonces = testContext({ limits: { leaseMs } });
    const context = { ...nonces, now: () => Date.now() };
    return {
      keys,
      store,
      context,
      fillers: Array.from({ length: count }, () => createFiller({ store, rows, context })),
    };
  };
  const { view, itemKey, keyRow: ofOne } = customer(1);

  it('cost SQL one statement, also when it takes long', async () => {
    const { fillers, keys } = processes(10, { takesMs: 1_500 });
    const misses = Array.from({ length: 1_000 }, (_, n) => fillers[n % 10]?.fill(view, itemKey, ofOne));
    const results = await Promise.all(misses);
    expect(new Set(results.map((result) => result?.columns?.['city']))).toEqual(new Set([text('Leiden')]));
    expect(keys).toEqual([1]);
  });

  it('let one follower take over when the first one is gone', async () => {
    const { fillers, keys, store, context } = processes(10, { takesMs: 50 }, 1_000);
    await store.write(leaseWrite(itemKey, 'of a process that died', context));
    const results = await Promise.all(fillers.map((filler) => filler.fill(view, itemKey, ofOne)));
    expect(results.map(({ outcome }) => outcome).sort()).toEqual([...Array(9).fill('hit'), 'filled'].sort());
    expect(keys).toEqual([1]);
  });

  it('let one follower try again when the first one failed', async () => {
    let failures = 0;
    const { fillers, keys } = processes(10, {
      takesMs: 50,
      fails: () => (++failures === 1 ? new Error('broken') : undefined),
    });
    const results = await Promise.allSettled(fillers.map((filler) => filler.fill(view, itemKey, ofOne)));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(keys).toEqual([1, 1]);
  });

  it('stop following when SQL does not answer', async () => {
    const { context, store } = processes(1, {});
    await store.write(leaseWrite(itemKey, 'of another process', context));
    const down = new SqlReadError('HYBRIDGE_READER_SQL_UNAVAILABLE', 'breaker open', { cause: undefined });
    let looks = 0;
    const rows = { ...everyCustomer().rows, refusal: () => (++looks > 1 ? down : undefined) };
    context.now = () => Date.now() + 10_000; // the lease is free: who follows would take it over
    const busy = createFiller({
      store: { ...store, write: async () => ({ ok: false, item: store.peek(itemKey) }) },
      rows,
      context,
    });
    await expect(busy.fill(view, itemKey, ofOne)).rejects.toBe(down);
  });
});

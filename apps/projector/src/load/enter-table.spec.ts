import { silentLogger } from '@hybridge/observability';
import { SERVING_KEY, ServingState, claimServing, openServing, readServing, renewLoading } from '@hybridge/protocol';
import { createMemoryItemStore, item, testContext } from '@hybridge/testkit';
import { enterTable } from './enter-table.ts';
import { fakeClock } from './fake-clock.features.ts';
import { waitUntilOpen } from './waiting.ts';

const LEASE_MS = 15_000;
const GRACE_MS = 360_000;
const { signal } = new AbortController();

function setUp() {
  const store = createMemoryItemStore();
  const clock = fakeClock();
  const context = testContext();
  const items = {
    async *scan() {
      yield* store.items();
    },
  };
  const waits: boolean[] = [];
  const enter = (bulk: boolean) =>
    enterTable(
      {
        store,
        items,
        clock,
        context,
        logger: silentLogger(),
        bulk,
        leaseMs: LEASE_MS,
        graceMs: GRACE_MS,
        onWaiting: (isWaiting) => void waits.push(isWaiting),
      },
      signal,
    );
  return { store, clock, enter, waits };
}

const stateIn = async (store: Parameters<typeof readServing>[0]) => (await readServing(store))?.state;
const loader = { state: ServingState.loading, nonce: 'loader' };

describe('a projector that comes to its table', () => {
  it('opens it, or loads it when told so', async () => {
    const ordinary = setUp();
    expect(await ordinary.enter(false)).toBeUndefined();
    expect(await stateIn(ordinary.store)).toBe('open');
    const bulk = setUp();
    expect((await bulk.enter(true))?.held()).toBe(true);
    expect(await stateIn(bulk.store)).toBe('loading');
  });

  it('does not load what was opened before', async () => {
    const { store, enter } = setUp();
    await enter(false);
    expect(await enter(true)).toBeUndefined();
    expect(await stateIn(store)).toBe('open');
  });

  it('loads beside control items, and not where items are: it opens such a table', async () => {
    const controls = setUp();
    controls.store.put(item({ key: { pk: 'C#truncate#t', sk: 'g' } }));
    expect(await controls.enter(true)).toBeDefined();
    const full = setUp();
    full.store.put(item());
    expect(await full.enter(true)).toBeUndefined();
    expect(await stateIn(full.store)).toBe('open');
  });

  it('knows its claim after a lost answer', async () => {
    const { store, enter } = setUp();
    store.failNextWrite(Object.assign(new Error('lost'), { retry: 'transient' }), { applied: true });
    expect(await enter(true)).toBeDefined();
  });

  it.each([true, false])('waits while another one loads it, also when it should load itself (%s)', async (bulk) => {
    const { store, enter, waits } = setUp();
    await claimServing(store, loader);
    let isIn = false;
    const entering = enter(bulk).finally(() => (isIn = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isIn).toBe(false);
    expect(waits).toEqual([true]);
    await openServing(store, 'loader', 'done');
    expect(await entering).toBeUndefined();
    expect(waits).toEqual([true, false]);
  });
});

describe('a projector that waits for a loader', () => {
  const waiting = (signal: AbortSignal) => {
    const store = createMemoryItemStore();
    const clock = fakeClock();
    let looks = 0;
    const { get } = store;
    const steps: (() => unknown)[] = [];
    store.get = async (key) => {
      await steps[looks++]?.();
      return get(key);
    };
    const options = { store, clock, nonce: () => 'waiter', patienceMs: 100, intervalMs: 1 };
    return { store, clock, steps, looks: () => looks, ended: async () => waitUntilOpen(options, signal) };
  };

  it('opens the table once the loader gave no sign of life for lease and grace', async () => {
    const { store, clock, steps, ended, looks } = waiting(signal);
    await claimServing(store, loader);
    steps.push(
      () => undefined,
      () => clock.advance(99),
      () => clock.advance(1),
    );
    expect(await ended()).toBe('us');
    expect(looks()).toBe(3);
    expect(await readServing(store)).toEqual({ state: 'open', nonce: 'waiter' });
  });

  it('begins anew with every sign of life', async () => {
    const { store, clock, steps, ended, looks } = waiting(signal);
    await claimServing(store, loader);
    steps.push(
      () => undefined,
      () => {
        clock.advance(99);
        return renewLoading(store, 'loader', 'alive');
      },
      () => clock.advance(99),
      () => clock.advance(1),
    );
    expect(await ended()).toBe('us');
    expect(looks()).toBe(4);
  });

  it('does not open over a loader that comes to life in that moment', async () => {
    const { store, clock, steps, ended } = waiting(signal);
    await claimServing(store, loader);
    const { write } = store;
    let isAlive = false;
    store.write = async (one) => {
      if (!isAlive) {
        isAlive = true;
        store.write = write;
        await renewLoading(store, 'loader', 'alive');
        await openServing(store, 'alive', 'loader is done');
      }
      return write(one);
    };
    steps.push(
      () => undefined,
      () => clock.advance(100),
    );
    expect(await ended()).toBe('others');
    expect(await readServing(store)).toEqual({ state: 'open', nonce: 'loader is done' });
  });

  it('claims a table whose register is gone', async () => {
    const { store, steps, ended } = waiting(signal);
    await claimServing(store, loader);
    steps.push(
      () => undefined,
      () => store.expire(SERVING_KEY),
    );
    expect(await ended()).toBe('others');
    expect(await stateIn(store)).toBe('open');
  });

  it('ends with the signal', async () => {
    const stopping = new AbortController();
    const { store, steps, ended } = waiting(stopping.signal);
    await claimServing(store, loader);
    steps.push(() => stopping.abort());
    expect(await ended()).toBeUndefined();
    expect(await stateIn(store)).toBe('loading');
  });
});

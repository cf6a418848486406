import { type ItemStore, ServingState, claimServing, openServing, readServing } from '@hybridge/protocol';
import { type MemoryItemStore, createMemoryItemStore } from '@hybridge/testkit';
import { fakeClock } from './fake-clock.features.ts';
import { createLoadLease, momentOf } from './load-lease.ts';

const LEASE_MS = 30; // pauses are real, clocks are not

async function setUp() {
  const store = createMemoryItemStore();
  const clock = fakeClock();
  await claimServing(store, { state: ServingState.loading, nonce: 'n0' });
  let nonces = 0;
  const lease = createLoadLease({
    store,
    clock,
    nonce: () => `n${++nonces}`,
    leaseMs: LEASE_MS,
    claim: { nonce: 'n0', at: momentOf(clock) },
  });
  return { store, clock, lease };
}

const nonceIn = async (store: ItemStore) => (await readServing(store))?.nonce;
const transient = () => Object.assign(new Error('no answer'), { retry: 'transient' });

/** Keeps the lease until something holds. */
async function keepUntil(
  { store, lease }: { store: MemoryItemStore; lease: ReturnType<typeof createLoadLease> },
  holds: () => boolean,
): Promise<void> {
  const stopping = new AbortController();
  const kept = lease.keep(stopping.signal);
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 2));
  stopping.abort();
  await kept;
  expect(store.writes.length).toBeGreaterThan(0);
}

describe('the lease of a load', () => {
  it('is held for less than its length after the start of the last renewal', async () => {
    const { clock, lease, store } = await setUp();
    expect(lease.held()).toBe(true);
    clock.advance(LEASE_MS);
    expect(lease.held()).toBe(false);
    await keepUntil({ store, lease }, () => lease.held());
    expect(lease.held()).toBe(true);
  });

  it.each([
    ['went on while we stood still', LEASE_MS],
    ['was set back', -LEASE_MS],
  ])('is not surely held when the wall clock %s', async (_, ms) => {
    const { clock, lease } = await setUp();
    clock.setWall(ms);
    expect(lease.held()).toBe(false);
  });

  it('counts a renewal from before its first attempt', async () => {
    const { store, clock, lease } = await setUp();
    const { write } = store;
    store.write = async (one) => {
      clock.advance(LEASE_MS); // so long it took
      return write(one);
    };
    const stopping = new AbortController();
    const kept = lease.keep(stopping.signal);
    while (store.writes.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    stopping.abort();
    await kept;
    expect(lease.held()).toBe(false);
  });

  it('repeats a renewal whose answer was lost', async () => {
    const { store, lease } = await setUp();
    store.failNextWrite(transient(), { applied: true });
    await keepUntil({ store, lease }, () => store.writes.length >= 4);
    expect(lease.held()).toBe(true);
    expect(await lease.open(new AbortController().signal)).toBe(true);
  });

  it('is lost when somebody else has the table', async () => {
    const { store, lease } = await setUp();
    await openServing(store, 'n0', 'other');
    await keepUntil({ store, lease }, () => !lease.held());
    expect(lease.held()).toBe(false);
    expect(await lease.open(new AbortController().signal)).toBe(false);
    expect(await nonceIn(store)).toBe('other');
  });

  it('opens the table also after a renewal that nobody knows the end of', async () => {
    const { store, lease } = await setUp();
    const stopping = new AbortController();
    const kept = lease.keep(stopping.signal);
    store.failNextWrite(transient(), { applied: true });
    while (store.writes.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    stopping.abort();
    await kept;
    expect(await lease.open(stopping.signal)).toBe(true);
    expect((await readServing(store))?.state).toBe(ServingState.open);
  });
});

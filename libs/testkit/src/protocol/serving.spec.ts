import {
  type Serving,
  ServingState,
  claimServing,
  openServing,
  readServing,
  renewLoading,
  isControlKey,
  SERVING_KEY,
} from '@hybridge/protocol';
import { createMemoryItemStore } from '../memory-item-store.ts';

const loading = (nonce: string): Serving => ({ state: ServingState.loading, nonce });
const open = (nonce: string): Serving => ({ state: ServingState.open, nonce });
const lost = new Error('the answer was lost');

describe('the serving register', () => {
  it('is a control item', () => expect(isControlKey(SERVING_KEY)).toBe(true));

  it('belongs to the first who claims it', async () => {
    const store = createMemoryItemStore();
    expect(await readServing(store)).toBeUndefined();
    expect(await claimServing(store, loading('a'))).toEqual(loading('a'));
    expect(await claimServing(store, open('b'))).toEqual(loading('a'));
    expect(await readServing(store)).toEqual(loading('a'));
  });

  it('knows a claim that is repeated, as its answer was lost', async () => {
    const store = createMemoryItemStore();
    store.failNextWrite(lost, { applied: true });
    await expect(claimServing(store, loading('a'))).rejects.toBe(lost);
    expect(await claimServing(store, loading('a'))).toEqual(loading('a'));
  });

  it.each([
    ['renewed', renewLoading, ServingState.loading],
    ['opened', openServing, ServingState.open],
  ] as const)('is %s by its loader, also when the answer was lost', async (_, change, state) => {
    const store = createMemoryItemStore();
    await claimServing(store, loading('a'));
    store.failNextWrite(lost, { applied: true });
    await expect(change(store, 'a', 'b')).rejects.toBe(lost);
    expect(await change(store, 'a', 'b')).toBe(true);
    expect(await readServing(store)).toEqual({ state, nonce: 'b' });
  });

  it('is neither renewed nor opened by a loader that lost it', async () => {
    const store = createMemoryItemStore();
    await claimServing(store, loading('a'));
    await renewLoading(store, 'a', 'b');
    expect(await renewLoading(store, 'a', 'c')).toBe(false);
    expect(await openServing(store, 'a', 'c')).toBe(false);
    expect(await readServing(store)).toEqual(loading('b'));
  });

  it('never goes back from open', async () => {
    const store = createMemoryItemStore();
    await claimServing(store, loading('a'));
    await openServing(store, 'a', 'b');
    expect(await renewLoading(store, 'b', 'c')).toBe(false);
    expect(await openServing(store, 'b', 'c')).toBe(false);
    expect(await claimServing(store, loading('d'))).toEqual(open('b'));
    expect(await readServing(store)).toEqual(open('b'));
  });

  it('is nobody’s to renew before it is claimed', async () => {
    expect(await renewLoading(createMemoryItemStore(), '', 'b')).toBe(false);
  });
});

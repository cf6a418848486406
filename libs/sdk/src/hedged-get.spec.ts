import type { Item } from '@hybridge/protocol';
import { item } from '@hybridge/testkit';
import { hedgedGet } from './hedged-get.ts';
import type { ItemReads } from './item-reads.ts';
import { accountKey, accountRow, accounts, setUp } from './sdk-fixture.features.ts';

const KEY = accountKey(7);

/** A read of which the test decides when and how each call ends. */
function controlled() {
  const calls: { resolve: (item: Item) => void; reject: (error: Error) => void; signal: AbortSignal | undefined }[] =
    [];
  const get: ItemReads['get'] = (_key, options) =>
    new Promise((resolve, reject) => void calls.push({ resolve, reject, signal: options?.signal }));
  return { calls, get: hedgedGet(get, 50) };
}

describe('a hedged read', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is sent once when the answer comes in time', async () => {
    const { calls, get } = controlled();
    const reading = get(KEY, { consistent: true });
    jest.advanceTimersByTime(49);
    calls[0]?.resolve(item());
    await reading;
    jest.advanceTimersByTime(1_000);
    expect(calls).toHaveLength(1);
  });

  it.each([
    [0, 1],
    [1, 0],
  ])('is sent again when it is slow: call %d answers, and call %d is given up', async (winner, loser) => {
    const { calls, get } = controlled();
    const reading = get(KEY);
    jest.advanceTimersByTime(50);
    expect(calls).toHaveLength(2);
    const answer = item({ n: winner + 1 });
    calls[winner]?.resolve(answer);
    expect(await reading).toBe(answer);
    expect(calls[loser]?.signal?.aborted).toBe(true);
    calls[loser]?.reject(new Error('aborted')); // nobody hears of it
    jest.advanceTimersByTime(1_000);
    expect(calls).toHaveLength(2);
  });

  it('fails as the read did when it fails in time, and is not sent again', async () => {
    const { calls, get } = controlled();
    const reading = get(KEY);
    calls[0]?.reject(new Error('throttled'));
    await expect(reading).rejects.toThrow('throttled');
    jest.advanceTimersByTime(1_000);
    expect(calls).toHaveLength(1);
  });

  it('fails only when both have failed', async () => {
    const { calls, get } = controlled();
    const reading = get(KEY);
    jest.advanceTimersByTime(50);
    calls[0]?.reject(new Error('first'));
    calls[1]?.resolve(item());
    await expect(reading).resolves.toBeDefined();
    const both = get(KEY);
    jest.advanceTimersByTime(50);
    calls[2]?.reject(new Error('first'));
    calls[3]?.reject(new Error('second'));
    await expect(both).rejects.toThrow('second');
  });
});

it('costs no further call where reads are fast', async () => {
  const { hybridge, items, store } = setUp({}, { hedgeAfterMs: 1_000 });
  store.put(item({ key: KEY, columns: accountRow(7) }));
  expect(await hybridge.get(accounts, [7])).toMatchObject({ source: 'item' });
  expect(items.calls).toHaveLength(1);
});

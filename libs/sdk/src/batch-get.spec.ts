import { ItemState, Meta, claimServing, number } from '@hybridge/protocol';
import { item } from '@hybridge/testkit';
import { accountKey, accountRow, accounts, setUp, sqlDown } from './sdk-fixture.features.ts';

const owners = (found: readonly ({ readonly document: { readonly owner: string } } | undefined)[]) =>
  found.map((one) => one?.document.owner);

describe('batchGet', () => {
  it('answers in the order of the keys, the same key as often as it is named, from one call', async () => {
    const { hybridge, store, items, sql } = setUp();
    await hybridge.get(accounts, [99]); // opens the table
    for (const id of [1, 2, 3]) store.put(item({ key: accountKey(id), columns: accountRow(id) }));
    const before = items.calls.length;
    sql.reads = [];
    const found = await hybridge.batchGet(accounts, [[3], [1], [2n], ['1'], [99]]);
    expect(owners(found)).toEqual(['owner 3', 'owner 1', 'owner 2', 'owner 1', undefined]);
    expect(items.calls.slice(before)).toEqual([{ call: 'BatchGetItem', consistent: false }]);
    expect(sql.reads).toEqual([]);
  });

  it('fills what is missing, each key once, and says where each answer came from', async () => {
    const { hybridge, store, sql } = setUp({ '1': accountRow(1), '2': accountRow(2) });
    store.put(item({ key: accountKey(3), columns: accountRow(3) }));
    const found = await hybridge.batchGet(accounts, [[1], [2], [3], [1], [4]]);
    expect(found.map((one) => one?.source)).toEqual(['fill', 'fill', 'item', 'fill', undefined]);
    expect(sql.reads.toSorted()).toEqual(['1', '2', '4']);
    expect(await hybridge.get(accounts, [2])).toMatchObject({ source: 'item' });
  });

  it('reads nothing for no keys', async () => {
    const { hybridge, sql } = setUp();
    expect(await hybridge.batchGet(accounts, [])).toEqual([]);
    expect(sql.reads).toEqual([]);
  });

  it('reads items one by one where the reader knows nothing else', async () => {
    const { hybridge, store, items, sql } = setUp({ '1': accountRow(1) }, {}, ({ get }) => ({ get }));
    store.put(item({ key: accountKey(2), columns: accountRow(2) }));
    expect(owners(await hybridge.batchGet(accounts, [[2], [1]], { consistent: true }))).toEqual(['owner 2', 'owner 1']);
    expect(items.calls).toEqual(Array(2).fill({ call: 'GetItem', consistent: true }));
    expect(sql.reads).toEqual(['1']);
  });

  it('answers from SQL alone while the table is being loaded', async () => {
    const { hybridge, store, items } = setUp({ '1': accountRow(1), '2': accountRow(2) });
    await claimServing(store, { state: 'loading', nonce: 'loader' });
    const found = await hybridge.batchGet(accounts, [[2], [1], [3]]);
    expect(owners(found)).toEqual(['owner 2', 'owner 1', undefined]);
    expect(found.map((one) => one?.source)).toEqual(['sql', 'sql', undefined]);
    expect(items.calls).toEqual([]);
    expect(store.writes).toHaveLength(1); // the loader's claim
  });

  it('serves an old "not found" while SQL is down, and names the key that has no answer at all', async () => {
    const { hybridge, store, sql, context } = setUp();
    store.put(item({ key: accountKey(1), columns: accountRow(1) }));
    const expired = { [Meta.negativeExpiry]: number(context.now() - 1) };
    store.put(item({ key: accountKey(2), state: ItemState.tombstone, meta: expired }));
    sql.refusal = sqlDown();
    expect(owners(await hybridge.batchGet(accounts, [[1], [2]]))).toEqual(['owner 1', undefined]);
    await expect(hybridge.batchGet(accounts, [[1], [2]], { allowStale: false })).rejects.toMatchObject({
      code: 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE',
      facts: { view: 'accounts', key: '2' },
    });
    await expect(hybridge.batchGet(accounts, [[1], [5]])).rejects.toMatchObject({ facts: { key: '5' } });
  });

  it('refuses a key that is none, before it reads anything', async () => {
    const { hybridge, items } = setUp();
    await expect(hybridge.batchGet(accounts, [[1], ['x']])).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_KEY_INVALID' });
    expect(items.calls).toEqual([]);
  });
});

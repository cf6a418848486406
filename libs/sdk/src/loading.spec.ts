import { claimServing, openServing } from '@hybridge/protocol';
import { item } from '@hybridge/testkit';
import { accountKey, accountRow, accounts, setUp, sqlDown } from './sdk-fixture.features.ts';

async function loading() {
  const all = setUp({ '7': accountRow(7, 'Ada') });
  await claimServing(all.store, { state: 'loading', nonce: 'loader' });
  return all;
}

const update = { op: 'update', set: { owner: 'Grace' } } as const;

describe('while the view table is being loaded', () => {
  it('answers from SQL, reads no item and stores nothing', async () => {
    const { hybridge, store, items, sql } = await loading();
    store.put(item({ key: accountKey(7), columns: accountRow(7, 'half loaded') }));
    const found = await hybridge.get(accounts, [7]);
    expect(found).toMatchObject({ source: 'sql', version: undefined, pending: [], document: { owner: 'Ada' } });
    expect(await hybridge.get(accounts, [8])).toBeUndefined();
    expect(sql.reads).toEqual(['7', '8']);
    expect(items.calls).toEqual([]);
    expect(store.writes).toHaveLength(1); // the loader's claim
  });

  it('refuses changes as transient, and takes them once the table is open', async () => {
    const { hybridge, store, context } = await loading();
    const change = () => hybridge.change(accounts, [7], update, { by: 'customer:7', id: 'c-1' });
    await expect(change()).rejects.toMatchObject({
      code: 'HYBRIDGE_SDK_VIEW_LOADING',
      retry: 'transient',
      message: expect.stringContaining('public.accounts'),
      facts: { retryAfterMs: 1_000 },
    });
    expect(await hybridge.waitFor(accounts, [7], 'c-1')).toEqual({ status: 'unknown' });
    await openServing(store, 'loader', 'done');
    context.advance(1_000);
    expect(await change()).toMatchObject({ document: { owner: 'Grace' } });
  });

  it('refuses a change that does not fit without asking whether the table is served', async () => {
    const { hybridge, store } = setUp({ '7': accountRow(7) });
    await expect(
      hybridge.change('accounts', [7], { op: 'update', set: { id: '8' } }, { by: 'me' }),
    ).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_NOT_ALLOWED' });
    expect(store.writes).toEqual([]);
  });

  it('fails as the store does when the table cannot be claimed', async () => {
    const { hybridge, store } = setUp({ '7': accountRow(7) });
    store.failNextWrite(new Error('throttled'));
    await expect(hybridge.get(accounts, [7])).rejects.toThrow('throttled');
    expect(await hybridge.get(accounts, [7])).toMatchObject({ source: 'fill' });
  });

  it('names SQL when it is SQL that does not answer', async () => {
    const { hybridge, sql } = await loading();
    sql.failure = sqlDown();
    await expect(hybridge.get(accounts, [7])).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE' });
  });
});

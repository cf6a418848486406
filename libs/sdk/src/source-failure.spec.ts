import { ItemState, Meta, number } from '@hybridge/protocol';
import { SqlReadError } from '@hybridge/reader-sql';
import { item } from '@hybridge/testkit';
import { accountKey, accountRow, accounts, setUp, sqlDown } from './sdk-fixture.features.ts';

describe('while SQL does not answer', () => {
  it('serves what is in the view as always', async () => {
    const { hybridge, store, sql } = setUp();
    sql.failure = sqlDown();
    store.put(item({ key: accountKey(7), columns: accountRow(7) }));
    expect(await hybridge.lookup(accounts, [7])).toMatchObject({ found: { source: 'item' }, stale: false });
    const update = { op: 'update', set: { owner: 'Grace' } } as const;
    expect(await hybridge.change(accounts, [7], update, { by: 'me' })).toMatchObject({ document: { owner: 'Grace' } });
  });

  it('answers an old "not found", and says that it is old', async () => {
    const { hybridge, store, sql, context } = setUp();
    const expired = { [Meta.negativeExpiry]: number(context.now() - 1) };
    store.put(item({ key: accountKey(7), state: ItemState.tombstone, meta: expired }));
    sql.refusal = sqlDown();
    expect(await hybridge.lookup(accounts, [7])).toEqual({ found: undefined, source: 'item', stale: true });
    expect(await hybridge.get(accounts, [7])).toBeUndefined();
    await expect(hybridge.get(accounts, [7], { allowStale: false })).rejects.toMatchObject({
      code: 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE',
    });
    expect(store.peek(accountKey(7))?.[Meta.state]).toEqual({ S: ItemState.tombstone });
    sql.refusal = undefined;
    sql.rows['7'] = accountRow(7);
    expect(await hybridge.lookup(accounts, [7])).toMatchObject({ found: { source: 'fill' }, stale: false });
  });

  it.each([
    ['nothing', undefined],
    ['a fence', item({ key: accountKey(7), state: ItemState.fence })],
    ['a quarantined item', item({ key: accountKey(7), state: ItemState.quarantined })],
  ])('has no answer from %s, and says when to ask again', async (_, stored) => {
    const { hybridge, store, sql } = setUp();
    if (stored !== undefined) store.put(stored);
    sql.failure = sqlDown();
    const unavailable = {
      code: 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE',
      retry: 'transient',
      facts: { view: 'accounts', key: '7', retryAfterMs: 1_000, cause: sql.failure },
    };
    await expect(hybridge.get(accounts, [7])).rejects.toMatchObject(unavailable);
    const update = { op: 'update', set: { owner: 'Grace' } } as const;
    await expect(hybridge.change(accounts, [7], update, { by: 'me' })).rejects.toMatchObject(unavailable);
  });

  it('passes on when the reader of SQL says to ask again', async () => {
    const { hybridge, sql } = setUp();
    const facts = { retryAfterMs: 340, cause: undefined };
    sql.refusal = new SqlReadError('HYBRIDGE_READER_SQL_BUSY', 'the budget is spent', facts);
    await expect(hybridge.get(accounts, [7])).rejects.toMatchObject({ facts: { retryAfterMs: 340 } });
  });

  it('does not take an error that stays for one that passes', async () => {
    const { hybridge, store, sql, context } = setUp();
    const expired = { [Meta.negativeExpiry]: number(context.now() - 1) };
    store.put(item({ key: accountKey(7), state: ItemState.tombstone, meta: expired }));
    sql.failure = new SqlReadError('HYBRIDGE_READER_SQL_REFUSED', 'no such column', { cause: undefined });
    await expect(hybridge.get(accounts, [7])).rejects.toBe(sql.failure);
  });
});

import { type Item, ItemState, Meta, encodeOutcomes, text } from '@hybridge/protocol';
import { item, versionAt } from '@hybridge/testkit';
import { parseToken } from './change-token.ts';
import { accountKey, accountRow, accounts, notes, setUp, sqlDown } from './sdk-fixture.features.ts';

const by = 'customer:7';

async function changed() {
  const all = setUp({ '7': accountRow(7, 'Ada') });
  const update = (owner: string, id: string) =>
    all.hybridge.change(accounts, [7], { op: 'update', set: { owner } }, { by, id });
  const { token } = await update('Grace', 'c-1');
  const read = (after = token) => all.hybridge.get(accounts, [7], { after });
  return { ...all, update, token, read };
}

const fence = (meta: Item = {}): Item =>
  item({ key: accountKey(7), state: ItemState.fence, meta: { [Meta.transaction]: text('702'), ...meta } });
const answered = (id: string) => ({ [Meta.outcomes]: encodeOutcomes([{ id, out: 'A', at: 5 }]) });

describe('a read after a change', () => {
  it('reads consistently, once, and sees the change', async () => {
    const { items, read } = await changed();
    const before = items.calls.length;
    expect(await read()).toMatchObject({ document: { owner: 'Grace' }, pending: ['c-1'] });
    expect(items.calls.slice(before)).toEqual([{ call: 'GetItem', consistent: true }]);
  });

  it('sees what came after it, though the item has forgotten how it ended', async () => {
    const { update, settle, read } = await changed();
    await settle('c-1', 'A', { image: { exists: true, columns: accountRow(7, 'Grace') } });
    for (let n = 2; n <= 7; n += 1) {
      await update(`Owner ${n}`, `c-${n}`);
      const image = { exists: true, columns: accountRow(7, `Owner ${n}`) } as const;
      await settle(`c-${n}`, 'A', { image, version: versionAt(n + 1) });
    }
    expect(await read()).toMatchObject({ document: { owner: 'Owner 7' }, pending: [] });
  });

  it('sees the row as SQL left it when SQL refused the change', async () => {
    const { settle, read } = await changed();
    await settle('c-1', 'R');
    expect(await read()).toMatchObject({ document: { owner: 'Ada' }, pending: [] });
  });

  it('is refused when a writer from outside removed the item with the change in it', async () => {
    const { store, sql, read } = await changed();
    store.expire(accountKey(7));
    const lost = { code: 'HYBRIDGE_SDK_CHANGE_LOST', retry: 'permanent' };
    await expect(read()).rejects.toMatchObject(lost);
    store.put(item({ key: accountKey(7), columns: accountRow(7, 'Ada') })); // and somebody filled it since
    await expect(read()).rejects.toMatchObject(lost);
    store.put(fence());
    await expect(read()).rejects.toMatchObject(lost);
    expect(sql.reads).toEqual(['7']); // before the change
  });

  it('asks SQL again once TTL may have removed the item, which it does long after the answer', async () => {
    const { store, sql, context, read } = await changed();
    store.expire(accountKey(7));
    context.advance(context.limits.fenceTtlMs);
    sql.rows['7'] = accountRow(7, 'Grace');
    expect(await read()).toMatchObject({ document: { owner: 'Grace' }, source: 'fill' });
  });

  it('takes from SQL only what holds the last transaction of the item', async () => {
    const { store, sql, context, read } = await changed();
    store.put(fence(answered('c-1')));
    sql.proves = false;
    await expect(read()).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_UNSETTLED', retry: 'transient' });
    context.advance(context.limits.leaseMs + 1);
    sql.proves = true;
    sql.rows['7'] = accountRow(7, 'Grace');
    expect(await read()).toMatchObject({ document: { owner: 'Grace' }, source: 'fill' });
  });

  it('asks for the same proof where the item cannot hold the row', async () => {
    const { store, sql, read } = await changed();
    const quarantined = item({
      key: accountKey(7),
      state: ItemState.quarantined,
      meta: { [Meta.transaction]: text('702'), ...answered('c-1') },
    });
    store.put(quarantined);
    sql.proves = false;
    await expect(read()).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_UNSETTLED' });
    sql.proves = true;
    expect(await read()).toMatchObject({ document: { owner: 'Ada' }, source: 'sql' });
  });

  it('never takes an old "not found" for an answer', async () => {
    const { store, sql, read, hybridge } = await changed();
    store.put(item({ key: accountKey(7), state: ItemState.tombstone, meta: answered('c-1') }));
    sql.refusal = sqlDown();
    expect(await hybridge.lookup(accounts, [7])).toMatchObject({ found: undefined, stale: true });
    await expect(read()).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE' });
  });
});

describe('a token', () => {
  it('names view, key and change, whatever the key was spelt like', async () => {
    const { hybridge } = setUp({});
    const key = ['007', 'a#b,"ü', 1] as const;
    const { token } = await hybridge.change(notes, key, { op: 'insert', values: {} }, { by, id: 'c-9' });
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(parseToken(token)).toMatchObject({ view: 'notes', key: ['7', 'a#b,"ü', '1'], changeId: 'c-9' });
    expect(await hybridge.get(notes, [7, 'a#b,"ü', '01'], { after: token })).toMatchObject({ pending: ['c-9'] });
    expect(await hybridge.statusOf(token)).toMatchObject({ status: 'pending' });
  });

  it('is waited for like view, key and id', async () => {
    const { hybridge, settle, token } = await changed();
    const waiting = hybridge.waitFor(token, { timeoutMs: 2_000 });
    await settle('c-1', 'R', { outcome: { id: 'c-1', out: 'R', code: '23514', message: 'too rich', at: 5 } });
    expect(await waiting).toMatchObject({ status: 'rejected', code: '23514' });
    expect(await hybridge.waitFor(accounts, [7], 'c-1')).toEqual(await waiting);
  });

  it('is refused for another document, and when it is made up', async () => {
    const { hybridge, token, items } = await changed();
    const before = items.calls.length;
    const refused = { code: 'HYBRIDGE_SDK_TOKEN_INVALID', retry: 'permanent' };
    await expect(hybridge.get(accounts, [8], { after: token })).rejects.toMatchObject(refused);
    await expect(hybridge.get('notes', [7, 'a', 1], { after: token })).rejects.toMatchObject(refused);
    const forged = (...texts: unknown[]) => Buffer.from(JSON.stringify(texts)).toString('base64url');
    const bad = [
      '',
      'x',
      '%',
      `${token}A`,
      forged('c1'),
      forged('c1', 'accounts', 'c', 'w', 'soon', '7'),
      forged(1, 2),
    ];
    for (const made of [...bad, forged('c0', 'accounts', 'c', 'w', '1', '7'), 'A'.repeat(10_000)]) {
      await expect(hybridge.get(accounts, [7], { after: made })).rejects.toMatchObject(refused);
      await expect(hybridge.waitFor(made)).rejects.toMatchObject(refused);
    }
    expect(items.calls.slice(before)).toEqual([]);
  });
});

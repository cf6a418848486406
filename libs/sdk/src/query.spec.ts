import { type Item, ItemState, Meta, claimServing, number, openServing, text } from '@hybridge/protocol';
import { item } from '@hybridge/testkit';
import { accountKey, accountRow, accounts, lazyNotes, noteKey, notes, setUp, sqlDown } from './sdk-fixture.features.ts';

const columns = (label: string, page: number) => ({
  label: text(label),
  page: number(page),
  body: text(`${label} ${page}`),
});
const note = (label: string, page: number, more: Partial<Parameters<typeof item>[0]> = {}): Item =>
  item({ key: noteKey(7, label, page), columns: columns(label, page), ...more });

function withNotes(...items: readonly Item[]) {
  const all = setUp();
  all.store.put(item({ key: accountKey(7), columns: accountRow(7) }));
  all.store.put(item({ key: noteKey(8, 'a', 1), columns: columns('of another account', 1) }));
  for (const one of items) all.store.put(one);
  return all;
}

const keysOf = (page: { readonly items: readonly { readonly key: readonly string[] }[] }) =>
  page.items.map(({ key }) => key.join(','));

describe('query', () => {
  it('lists the documents of one view under one partition key, in the order of the sort key', async () => {
    const { hybridge, items } = withNotes(note('b', 1), note('a', 2), note('a', 10));
    const page = await hybridge.query(notes, [7]);
    expect(keysOf(page)).toEqual(['7,a,10', '7,a,2', '7,b,1']);
    expect(page.items[0]).toMatchObject({
      document: { label: 'a', page: '10' },
      source: 'item',
      version: 'w0',
      pending: [],
    });
    expect(page.cursor).toBeUndefined();
    expect(items.calls).toEqual([{ call: 'Query', consistent: false }]);
    expect(keysOf(await hybridge.query(accounts, ['7']))).toEqual(['7']);
    expect(keysOf(await hybridge.query('notes', ['7'], { order: 'descending' }))).toEqual(['7,b,1', '7,a,2', '7,a,10']);
  });

  it('passes over items of other views that lie between', async () => {
    const { store, hybridge } = withNotes(note('a', 1), note('c', 1));
    store.put(item({ key: { pk: noteKey(7, 'a', 1).pk, sk: 'NOTE#b' } }));
    store.put(item({ key: { pk: noteKey(7, 'a', 1).pk, sk: 'NOTE#b#1#more' } }));
    expect(keysOf(await hybridge.query(notes, [7]))).toEqual(['7,a,1', '7,c,1']);
  });

  it('begins and ends where it is told, bounds included', async () => {
    const { hybridge } = withNotes(
      note('a', 1),
      note('b', 1),
      note('b', 2),
      note('c', 1),
      note('b!', 1),
      note('b%', 1),
    );
    expect(keysOf(await hybridge.query(notes, [7], { from: ['b'], to: ['b'] }))).toEqual(['7,b,1', '7,b,2']);
    expect(keysOf(await hybridge.query(notes, [7], { from: ['b', 2], to: ['c'] }))).toEqual([
      '7,b,2',
      '7,b%,1',
      '7,c,1',
    ]);
    expect(keysOf(await hybridge.query(notes, [7], { to: ['b', 1] }))).toEqual(['7,a,1', '7,b!,1', '7,b,1']);
    expect(keysOf(await hybridge.query(notes, [7], { from: ['c'], to: ['a'] }))).toEqual([]);
  });

  it('hands out pages whose cursors lead through everything once, in both orders', async () => {
    const { hybridge } = withNotes(...Array.from({ length: 7 }, (_, n) => note('p', n)));
    for (const order of ['ascending', 'descending'] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await hybridge.query(notes, [7], { limit: 3, order, cursor });
        expect(page.items.length).toBeLessThanOrEqual(3);
        seen.push(...keysOf(page));
        cursor = page.cursor;
      } while (cursor !== undefined);
      const all = Array.from({ length: 7 }, (_, n) => `7,p,${n}`);
      expect(seen).toEqual(order === 'ascending' ? all : all.toReversed());
    }
  });

  it('leaves out what is gone or hidden, and fills pages with what is behind it', async () => {
    const gone = Array.from({ length: 5 }, (_, n) => note('a', n, { state: ItemState.tombstone, columns: {} }));
    const hidden = note('b', 1, { state: ItemState.hidden, columns: {} });
    const { hybridge, sql } = withNotes(...gone, hidden, note('c', 1), note('c', 2));
    const page = await hybridge.query(notes, [7], { limit: 2 });
    expect(keysOf(page)).toEqual(['7,c,1', '7,c,2']);
    expect(sql.reads).toEqual([]);
  });

  it('gives up a page that is all tombstones after ten calls, with a cursor to go on', async () => {
    const gone = Array.from({ length: 12 }, (_, n) =>
      note(`a${n + 10}`, 1, { state: ItemState.tombstone, columns: {} }),
    );
    const { hybridge, items } = withNotes(...gone, note('z', 1));
    const first = await hybridge.query(notes, [7], { limit: 1 });
    expect(first.items).toEqual([]);
    expect(items.calls).toHaveLength(10);
    expect(keysOf(await hybridge.query(notes, [7], { limit: 1, cursor: first.cursor }))).toEqual(['7,z,1']);
  });

  it('asks SQL for what fences hide and items cannot hold', async () => {
    const { hybridge, sql, store } = withNotes(
      note('a', 1),
      note('b', 1, { state: ItemState.fence, columns: {} }),
      note('c', 1, { state: ItemState.fence, columns: {} }),
      note('d', 1, { state: ItemState.quarantined, columns: {} }),
    );
    sql.rows['7|b|1'] = { account: number(7), ...columns('b', 1) };
    sql.rows['7|d|1'] = { account: number(7), ...columns('d', 1) };
    const page = await hybridge.query(notes, [7]);
    expect(keysOf(page)).toEqual(['7,a,1', '7,b,1', '7,d,1']);
    expect(page.items.map(({ source }) => source)).toEqual(['item', 'fill', 'sql']);
    expect(store.peek(noteKey(7, 'b', 1))?.[Meta.state]).toEqual(text(ItemState.live));
    store.put(note('b', 1, { state: ItemState.fence, columns: {} }));
    sql.failure = sqlDown();
    await expect(hybridge.query(notes, [7])).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE' });
  });

  it('takes no cursor of another partition, view, order or range, and none that is made up', async () => {
    const { hybridge } = withNotes(note('a', 1), note('b', 1));
    const { cursor = '' } = await hybridge.query(notes, [7], { limit: 1 });
    const refused = { code: 'HYBRIDGE_SDK_CURSOR_INVALID' };
    await expect(hybridge.query(notes, [8], { cursor })).rejects.toMatchObject(refused);
    await expect(hybridge.query(accounts, [7], { cursor })).rejects.toMatchObject(refused);
    await expect(hybridge.query(notes, [7], { cursor, order: 'descending' })).rejects.toMatchObject(refused);
    await expect(hybridge.query(notes, [7], { cursor, from: ['b'] })).rejects.toMatchObject(refused);
    const forged = (...texts: string[]) => Buffer.from(JSON.stringify(texts)).toString('base64url');
    for (const made of [
      '',
      'x',
      '!',
      cursor.slice(0, -1),
      forged('q1', 'notes', 'a1#ACCOUNT#8', 'ascending', 'NOTE#a#1'),
    ]) {
      await expect(hybridge.query(notes, [7], { cursor: made })).rejects.toMatchObject(refused);
    }
    const elsewhere = forged('q1', 'notes', 'a1#ACCOUNT#7', 'ascending', 'ACCOUNT');
    await expect(hybridge.query(notes, [7], { cursor: elsewhere })).rejects.toMatchObject(refused);
  });

  it('says why a lazy view has no lists, and what does not fit a query', async () => {
    const { hybridge, items } = withNotes();
    await expect(hybridge.query(lazyNotes, [7])).rejects.toMatchObject({
      code: 'HYBRIDGE_SDK_QUERY_IMPOSSIBLE',
      message: expect.stringContaining('rows that nobody has read have no item'),
    });
    for (const limit of [0, 1.5, 1_001]) {
      await expect(hybridge.query(notes, [7], { limit })).rejects.toMatchObject({
        code: 'HYBRIDGE_SDK_QUERY_IMPOSSIBLE',
      });
    }
    const badKey = { code: 'HYBRIDGE_SDK_KEY_INVALID' };
    await expect(hybridge.query('notes', [])).rejects.toMatchObject(badKey);
    await expect(hybridge.query('notes', ['x'])).rejects.toMatchObject(badKey);
    await expect(hybridge.query(notes, [7], { from: ['a', 1, 2] })).rejects.toMatchObject(badKey);
    await expect(hybridge.query(notes, [7], { from: [''] })).rejects.toMatchObject(badKey);
    await expect(hybridge.query(notes, [7], { to: ['a', 'x'] })).rejects.toMatchObject(badKey);
    expect(items.calls).toEqual([]);
  });

  it('waits for the first load of the table', async () => {
    const { hybridge, store, context } = withNotes(note('a', 1));
    await claimServing(store, { state: 'loading', nonce: 'loader' });
    await expect(hybridge.query(notes, [7])).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_VIEW_LOADING' });
    await openServing(store, 'loader', 'done');
    context.advance(1_000);
    expect(keysOf(await hybridge.query(notes, [7]))).toEqual(['7,a,1']);
  });
});

import { ItemState, number, text } from '@hybridge/protocol';
import { item } from '@hybridge/testkit';
import { accountKey, accountRow, accounts, lazyNotes, noteKey, notes, setUp, tasks } from './sdk-fixture.features.ts';
import type { CollectionViews } from './types.ts';

function withItems() {
  const all = setUp();
  all.store.put(item({ key: accountKey(7), columns: accountRow(7) }));
  for (const [label, state] of [
    ['a', undefined],
    ['b', ItemState.tombstone],
    ['c', undefined],
  ] as const) {
    const columns = { label: text(label), page: number(1), body: text(label) };
    all.store.put(
      item(
        state === undefined
          ? { key: noteKey(7, label, 1), columns }
          : { key: noteKey(7, label, 1), columns: {}, state },
      ),
    );
  }
  all.store.put(item({ key: { pk: accountKey(7).pk, sk: 'OTHER' } }));
  all.store.put(item({ key: accountKey(8), columns: accountRow(8) }));
  return all;
}

const keysOf = (documents: readonly { readonly key: readonly string[] }[]) => documents.map(({ key }) => key.join(','));

describe('queryCollection', () => {
  it('lists the documents of several views with one query, each under its name', async () => {
    const { hybridge, items } = withItems();
    const page = await hybridge.queryCollection({ owner: accounts, pages: notes }, [7]);
    expect(page.items.owner.map(({ document }) => document.id)).toEqual(['7']);
    expect(page.items.pages.map(({ document }) => document.label)).toEqual(['a', 'c']);
    expect(page.cursor).toBeUndefined();
    expect(items.calls).toEqual([{ call: 'Query', consistent: false }]);
  });

  it('pages through all of them once, in both orders', async () => {
    const { hybridge } = withItems();
    for (const order of ['ascending', 'descending'] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await hybridge.queryCollection({ accounts, notes }, [7], { limit: 1, order, cursor });
        seen.push(...keysOf(page.items.accounts), ...keysOf(page.items.notes));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(order === 'ascending' ? seen : seen.toReversed()).toEqual(['7', '7,a,1', '7,c,1']);
    }
  });

  it('refuses a cursor of another query', async () => {
    const { hybridge } = withItems();
    const { cursor } = await hybridge.queryCollection({ accounts, notes }, [7], { limit: 1 });
    const refused = { code: 'HYBRIDGE_SDK_CURSOR_INVALID' };
    await expect(hybridge.queryCollection({ accounts, notes }, [8], { cursor })).rejects.toMatchObject(refused);
    await expect(hybridge.queryCollection({ accounts }, [7], { cursor })).rejects.toMatchObject(refused);
    await expect(hybridge.query(notes, [7], { cursor })).rejects.toMatchObject(refused);
  });

  it('refuses views that are lazy, lie elsewhere, or are none', async () => {
    const { hybridge } = withItems();
    const none: CollectionViews = {};
    const impossible = { code: 'HYBRIDGE_SDK_QUERY_IMPOSSIBLE' };
    await expect(hybridge.queryCollection({ lazyNotes }, [7])).rejects.toMatchObject(impossible);
    await expect(hybridge.queryCollection({ accounts, tasks }, [7])).rejects.toMatchObject(impossible);
    await expect(hybridge.queryCollection(none, [7])).rejects.toMatchObject(impossible);
    await expect(hybridge.queryCollection({ accounts }, [7], { limit: 0 })).rejects.toMatchObject(impossible);
  });
});

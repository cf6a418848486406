import { type Item, number, pendingOf, text } from '@hybridge/protocol';
import { createMemoryItemStore, testContext } from '@hybridge/testkit';
import {
  column,
  createCatalog,
  int8,
  keyOfRow,
  notNull,
  source,
  table,
  text as textColumn,
  view,
} from '@hybridge/views';
import { createHybridge } from './hybridge.ts';
import { accountRow, accounts, setUp } from './sdk-fixture.features.ts';

const row = { id: number(7), owner: text('Ada'), city: text('London') };

/** Compared as a whole: whoever changes one attribute says what the others were. */
const strict = view('strict', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.strict',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), owner: notNull(textColumn()), city: notNull(textColumn()) },
  }),
  key: { pk: ['s1', column('id')], sk: ['S'] },
  attributes: { owner: 'owner', city: 'city' },
  changes: { allow: ['owner'], scope: 'row' },
});

const update = { op: 'update', set: { owner: 'Grace' } } as const;

describe('an accepted change', () => {
  it('says what the customer saw of every attribute it is compared by', async () => {
    const store = createMemoryItemStore();
    const rows = {
      read: async () => ({ proven: true, row }),
      scan: () => {
        throw new Error('not used');
      },
    };
    const catalog = createCatalog([strict]);
    const hybridge = createHybridge({ catalog, items: store, store, rows, context: testContext() });
    await hybridge.change(strict, [7], update, { by: 'me' });
    const [pending] = pendingOf(store.peek(keyOfRow(strict, row)) as Item);
    expect(pending).toMatchObject({
      set: { owner: text('Grace') },
      base: { owner: text('Ada'), city: text('London') },
    });
  });

  it('tells when SQL applied less than was asked for', async () => {
    const { hybridge, settle } = setUp({ '7': accountRow(7, 'Ada') });
    const { token, changeId } = await hybridge.change(accounts, [7], update, { by: 'me' });
    await settle(changeId, 'A', { outcome: { id: changeId, out: 'A', code: 'PARTIAL', message: 'city', at: 5 } });
    const at = new Date(5);
    expect(await hybridge.waitFor(token)).toEqual({ status: 'applied', at, code: 'PARTIAL', message: 'city' });
  });
});

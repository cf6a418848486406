/** Compiled, not run: documents and changes are typed by the view's definition. */
import { column, int8, notNull, nullable, numeric, table, text, view } from '@hybridge/views';
import type { Hybridge } from './hybridge.ts';

const accounts = view('accounts', {
  table: table({
    source: 'shop',
    name: 'public.accounts',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), owner: notNull(text()), credit: nullable(numeric()) },
  }),
  key: { pk: ['a1', column('id')], sk: ['A'] },
  attributes: { id: 'id', owner: 'owner', limit: 'credit' },
  changes: { allow: ['owner'] },
});

export async function documentsAreTyped(hybridge: Hybridge): Promise<void> {
  const found = await hybridge.get(accounts, ['1']);
  const owner: string | undefined = found?.document.owner;
  const limit: string | null | undefined = found?.document.limit;
  // @ts-expect-error -- the view has no such attribute
  const credit = found?.document.credit;
  await hybridge.change(accounts, ['1'], { op: 'update', set: { owner: 'Ada' } }, { by: 'me' });
  // @ts-expect-error -- an owner is a text
  await hybridge.change(accounts, ['1'], { op: 'update', set: { owner: 5 } }, { by: 'me' });
  await hybridge.change('accounts', ['1'], { op: 'update', set: { anything: 5 } }, { by: 'me' });
  void [owner, limit, credit];
}

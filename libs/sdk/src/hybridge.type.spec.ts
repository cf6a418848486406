/** Compiled, not run: keys, documents and changes are typed by the view's definition. */
import {
  attribute,
  column,
  embed,
  int4,
  int8,
  notNull,
  nullable,
  numeric,
  source,
  table,
  text,
  view,
} from '@hybridge/views';
import type { Hybridge } from './hybridge.ts';

const accounts = view('accounts', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.accounts',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), owner: notNull(text()), credit: nullable(numeric()) },
  }),
  key: { pk: ['a1', column('id')], sk: ['A'] },
  attributes: { id: 'id', owner: 'owner', limit: 'credit' },
  changes: { allow: ['owner'] },
});

const lines = view('lines', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.lines',
    primaryKey: ['shop', 'order', 'nr'],
    columns: { shop: notNull(text()), order: notNull(int8()), nr: notNull(int4()), sku: notNull(text()) },
  }),
  key: { pk: ['l1', column('shop'), 'ORDER', column('order')], sk: ['LINE', column('nr')] },
  attributes: { sku: 'sku', nr: 'nr' },
  indexes: {
    bySku: { pk: ['SKU', attribute('sku')], sk: [attribute('nr')] },
    all: { pk: ['LINES'], sk: ['LINE', attribute('sku'), attribute('nr')] },
  },
});

const labelled = view('labelled', {
  table: accounts.table,
  key: { pk: ['b1', column('id')], sk: ['B'] },
  attributes: { owner: 'owner' },
  computed: { label: { from: ['owner'], type: text(), value: ({ owner }) => owner.toUpperCase() } },
  changes: { allow: ['owner'] },
});

const notes = view('notes', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.notes',
    primaryKey: ['nr'],
    columns: { nr: notNull(int8()), account: notNull(int8()), shelf: nullable(text()), body: notNull(text()) },
  }),
  key: { pk: ['n1', column('account')], sk: ['NOTE', column('shelf'), column('account'), column('nr')] },
  attributes: { body: 'body' },
  embed: {
    account: embed(accounts.table, {
      on: ['account'],
      attributes: { owner: 'owner' },
      embed: { self: embed(accounts.table, { on: ['id'], attributes: { limit: 'credit' } }) },
    }),
  },
});
const books = view('books', {
  table: accounts.table,
  key: { pk: ['n1', column('id')], sk: ['BOOK'] },
  attributes: { owner: 'owner' },
  embed: { self: embed(accounts.table, { on: ['id'], attributes: { limit: 'credit' } }) },
  collect: { notes, labelled },
  changes: { allow: ['owner'] },
});

export async function embeddedRowsAreTyped(hybridge: Hybridge): Promise<void> {
  const found = await hybridge.get(books, [1]);
  const limit: string | null | undefined = found?.document.self?.limit;
  // @ts-expect-error -- it may be null
  const sure = found?.document.self.limit;
  // @ts-expect-error -- nobody sets what is embedded
  await hybridge.change(books, [1], { op: 'update', set: { self: { limit: '1' } } }, { by: 'me' });
  void [limit, sure];
}

export async function keysOfItemsThatMoveAreTyped(hybridge: Hybridge): Promise<void> {
  const found = await hybridge.get(notes, [12n, 'top', 1]);
  const deep: string | null | undefined = found?.document.account?.self?.limit;
  // @ts-expect-error -- the primary key alone names no item
  await hybridge.get(notes, [1]);
  // @ts-expect-error -- a column that stands twice is given once
  await hybridge.get(notes, [12n, 'top', 12n, 1]);
  void deep;
}

export async function collectionsAreTyped(hybridge: Hybridge): Promise<void> {
  const page = await hybridge.getCollection(books, [1], { limit: 10 });
  const owner: string | undefined = page.found?.document.owner;
  const body: string | undefined = page.items.notes[0]?.document.body;
  const label: string | undefined = page.items.labelled[0]?.document.label;
  // @ts-expect-error -- there is no such collection
  const none = page.items.lines;
  const some = await hybridge.getCollection(books, [1], { collections: ['notes'], cursor: page.cursor });
  const bodyToo: string | undefined = some.items.notes[0]?.document.body;
  // @ts-expect-error -- it was not asked for
  const left = some.items.labelled;
  // @ts-expect-error -- there is no such collection
  await hybridge.getCollection(books, [1], { collections: ['lines'] });
  // @ts-expect-error -- the key has one part
  await hybridge.getCollection(books, [1, 2]);
  const untyped = await hybridge.getCollection('books', ['1'], { collections: ['anything'] });
  void [owner, body, label, none, bodyToo, left, untyped.items.anything?.[0]?.document];
}

export async function computedAttributesAreRead(hybridge: Hybridge): Promise<void> {
  const found = await hybridge.get(labelled, ['1']);
  const label: string | undefined = found?.document.label;
  const { document } = await hybridge.change(labelled, ['1'], { op: 'update', set: { owner: 'Ada' } }, { by: 'me' });
  const labelToo: string | undefined = document?.label;
  // @ts-expect-error -- nobody sets what is computed
  await hybridge.change(labelled, ['1'], { op: 'update', set: { label: 'x' } }, { by: 'me' });
  void [label, labelToo];
}

export async function documentsAreTyped(hybridge: Hybridge): Promise<void> {
  const found = await hybridge.get(accounts, ['1']);
  const owner: string | undefined = found?.document.owner;
  const limit: string | null | undefined = found?.document.limit;
  // @ts-expect-error -- the view has no such attribute
  const credit = found?.document.credit;
  const { found: same, stale } = await hybridge.lookup(accounts, [1], { allowStale: false });
  const ownerToo: string | undefined = same?.document.owner;
  const many = await hybridge.batchGet(accounts, [[1], ['2'], [3n]]);
  const owners: readonly (string | undefined)[] = many.map((one) => one?.document.owner);
  // @ts-expect-error -- one of them may be absent
  const first: string = many[0].document.owner;
  void [owner, limit, credit, stale, ownerToo, owners, first];
}

export async function changesAreTyped(hybridge: Hybridge): Promise<void> {
  const set = { owner: 'Ada' };
  const { token } = await hybridge.change(accounts, ['1'], { op: 'update', set }, { by: 'me' });
  await hybridge.get(accounts, [1], { after: token });
  await hybridge.waitFor(token, { timeoutMs: 5 });
  await hybridge.waitFor(accounts, [1], 'c-1', { timeoutMs: 5 });
  await hybridge.statusOf(token);
  // @ts-expect-error -- an id alone names no document
  await hybridge.waitFor(accounts, 'c-1');
  // @ts-expect-error -- an owner is a text
  await hybridge.change(accounts, ['1'], { op: 'update', set: { owner: 5 } }, { by: 'me' });
  // @ts-expect-error -- the view has no such attribute
  await hybridge.change(accounts, ['1'], { op: 'update', set: { credit: '5' } }, { by: 'me' });
  // @ts-expect-error -- somebody has to ask for it
  await hybridge.change(accounts, ['1'], { op: 'update', set }, {});
  await hybridge.change('accounts', ['1'], { op: 'update', set: { anything: 5 } }, { by: 'me' });
}

export async function keysAreTyped(hybridge: Hybridge): Promise<void> {
  await hybridge.get(lines, ['here', 12n, 1]);
  // @ts-expect-error -- the key has three parts
  await hybridge.get(lines, ['here', 12n]);
  // @ts-expect-error -- the key has three parts
  await hybridge.batchGet(lines, [['here', 12n, 1, 'more']]);
  // @ts-expect-error -- a part is a text or an integer
  await hybridge.get(accounts, [{ id: 1 }]);
  // @ts-expect-error -- a key is a list
  await hybridge.get(accounts, 1);
  await hybridge.get('lines', ['any', 'number', 'of', 'parts']);

  const page = await hybridge.query(lines, ['here', 12], { from: [1], limit: 10 });
  const sku: string | undefined = page.items[0]?.document.sku;
  // @ts-expect-error -- the view has no such attribute
  const shop = page.items[0]?.document.shop;
  // @ts-expect-error -- the partition key has two columns
  await hybridge.query(lines, ['here']);
  // @ts-expect-error -- the partition key has two columns, the third is in the sort key
  await hybridge.query(lines, ['here', 12, 1]);
  // @ts-expect-error -- there is no such order
  await hybridge.query(lines, ['here', 12], { order: 'random' });
  await hybridge.query('lines', ['any', 'number']);
  void [sku, shop];

  const { items } = await hybridge.queryCollection({ owner: accounts, tag: labelled }, [12n]);
  const owner: string | undefined = items.owner[0]?.document.owner;
  const label: string | undefined = items.tag[0]?.document.label;
  // @ts-expect-error -- nobody asked for lines
  const none = items.lines;
  // @ts-expect-error -- the partition key has one column
  await hybridge.queryCollection({ owner: accounts }, [12n, 1]);
  // @ts-expect-error -- bounds are parts of one view's sort key
  await hybridge.queryCollection({ owner: accounts }, [12n], { from: [1] });
  void [owner, label, none];
}

export async function indexesAreTyped(hybridge: Hybridge): Promise<void> {
  const page = await hybridge.queryIndex(
    lines,
    'bySku',
    { sku: 'a' },
    { from: { nr: 1 }, order: 'descending', limit: 5 },
  );
  const sku: string | undefined = page.items[0]?.document.sku;
  await hybridge.queryIndex(lines, 'all', {}, { equals: { sku: 'a' }, to: { nr: 5 }, cursor: page.cursor });
  // @ts-expect-error -- there is no such index
  await hybridge.queryIndex(lines, 'byName', { sku: 'a' });
  // @ts-expect-error -- the view has no index
  await hybridge.queryIndex(accounts, 'bySku', { sku: 'a' });
  // @ts-expect-error -- its partition is determined by another attribute
  await hybridge.queryIndex(lines, 'bySku', { nr: 1 });
  // @ts-expect-error -- a sku is a text
  await hybridge.queryIndex(lines, 'bySku', { sku: 1 });
  // @ts-expect-error -- its sort key has another attribute
  await hybridge.queryIndex(lines, 'bySku', { sku: 'a' }, { from: { sku: 'a' } });
  await hybridge.queryIndex('lines', 'anything', { at: 'all' }, { from: { what: 1 } });
  void sku;
}

/** Views that embed rows: what may be defined, where rows point, and what documents show. */
import type { ChangeEvent } from '@hybridge/contracts';
import { NULL, baseKey, map, text as textValue } from '@hybridge/protocol';
import { createCatalog } from './catalog.ts';
import { changeDecoder } from './change-decoder.ts';
import { int4, int8 } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { decodeRowChange } from './decode-event.ts';
import { embed, linksOf, protocolRelations } from './embed.ts';
import { column, parseKey } from './key-template.ts';
import { UNAVAILABLE, columnsOfView, keyOfRow, toDocument, toOwnDocument } from './row.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { rowEvent } from './testing.features.ts';
import { type AnyView, view } from './view.ts';

const shop = source('shop', 'postgres');
const stores = source('stores', 'mariadb');
const brands = table({
  source: stores,
  name: 'stores.brands',
  primaryKey: ['country', 'code'],
  columns: { country: notNull(text()), code: notNull(text()), title: notNull(text()) },
});
const products = table({
  source: shop,
  name: 'public.products',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), sku: notNull(text()), made_in: nullable(text()), brand: nullable(text()) },
});
const lines = table({
  source: shop,
  name: 'public.lines',
  primaryKey: ['order_id', 'line_no'],
  columns: {
    order_id: notNull(int8()),
    line_no: notNull(int4()),
    product_id: nullable(int8()),
    instead_of: nullable(int8()),
    note: nullable(text()),
  },
});
const definition = {
  table: lines,
  key: { pk: ['l1', 'ORDER', column('order_id')], sk: ['LINE', column('line_no')] },
  attributes: { lineNo: 'line_no', note: 'note' },
} as const;
const brand = embed(brands, { on: ['made_in', 'brand'], attributes: { title: 'title' } });
const orderLines = view('order-lines', {
  ...definition,
  embed: {
    product: embed(products, { on: ['product_id'], attributes: { code: 'sku' }, embed: { brand }, shards: 4 }),
    instead: embed(products, { on: ['instead_of'], attributes: { code: 'sku' } }),
  },
});
const [product, instead] = orderLines.relations;
const productBase = product?.base as AnyView;

const json = (changes: object = {}) => ({
  order_id: 7,
  line_no: 1,
  product_id: 12,
  instead_of: null,
  note: null,
  ...changes,
});

describe('a view that embeds rows', () => {
  it('has a hidden view for each relation, named after its build', () => {
    expect([productBase.name, productBase.isBase, productBase.mode]).toEqual(['order-lines.product', true, 'eager']);
    expect(protocolRelations(orderLines)).toEqual([
      { id: 'l1.order-lines.product', name: 'product', attributes: ['code', 'brand'], shards: 4 },
      { id: 'l1.order-lines.instead', name: 'instead', attributes: ['code'], shards: 1 },
    ]);
    expect(keyOfRow(productBase, { id: { N: '12' } })).toEqual(baseKey('l1.order-lines.product', '12'));
    const nested = productBase.relations[0]?.base as AnyView;
    expect(keyOfRow(nested, { country: textValue('n#l'), code: textValue('x') })).toEqual(
      baseKey('l1.order-lines.product.brand', 'n%23l#x'),
    );
  });

  it('needs the columns that say where its rows point', () => {
    expect(columnsOfView(orderLines)).toEqual(['order_id', 'line_no', 'note', 'product_id', 'instead_of']);
    expect(columnsOfView(productBase)).toEqual(['id', 'sku', 'made_in', 'brand']);
  });

  it('makes its hidden views known to the catalog, and to nobody else', () => {
    const catalog = createCatalog([orderLines]);
    expect(catalog.views).toEqual([orderLines]);
    expect(catalog.bases.map(({ name }) => name)).toEqual([
      'order-lines.product',
      'order-lines.product.brand',
      'order-lines.instead',
    ]);
    expect([...catalog.relations.keys()]).toEqual([
      'l1.order-lines.product',
      'l1.order-lines.instead',
      'l1.order-lines.product.brand',
    ]);
    expect(catalog.sources.map(({ name }) => name)).toEqual(['shop', 'stores']);
    expect(catalog.byTable('shop', 'public.products')).toEqual([productBase, instead?.base]);
    expect(catalog.byKey(baseKey('l1.order-lines.product', '12'))).toEqual({
      view: productBase,
      row: { id: { N: '12' } },
    });
    expect(catalog.byName('order-lines.product')).toBe(productBase);
    expect(() => catalog.byName('nobody')).toThrow('there are order-lines.');
  });
});

describe('where a row points', () => {
  const row = { product_id: { N: '12' }, instead_of: NULL };

  it('is the base item of the parent, nowhere for NULL, and not known without the columns', () => {
    expect(linksOf(orderLines, row)).toEqual({ product: 'A#l1.order-lines.product#12', instead: '' });
    expect(linksOf(orderLines, { product_id: { N: '12' } })).toBeUndefined();
  });

  it('takes all columns of a composite key', () => {
    expect(linksOf(productBase, { made_in: textValue('nl'), brand: textValue('x') })).toEqual({
      brand: 'A#l1.order-lines.product.brand#nl#x',
    });
    expect(linksOf(productBase, { made_in: NULL, brand: textValue('x') })).toEqual({ brand: '' });
  });

  it('parses back to the key of the parent', () => {
    const pk = linksOf(orderLines, row)?.['product'] ?? '';
    expect(parseKey(productBase.key, { pk, sk: 'BASE' })).toEqual({ id: '12' });
  });
});

describe('what an event says of it', () => {
  const read = (changes: object) => {
    const decoder = changeDecoder(orderLines);
    return decoder.columnsOf(json(changes), decoder.keyOf(json(changes)));
  };
  const columns = { lineNo: { N: '1' }, note: NULL };

  it('comes with the row', () => {
    const links = { product: 'A#l1.order-lines.product#12', instead: '' };
    expect(read({})).toEqual({ kind: 'upsert', columns, links });
    expect(read({ note: UNAVAILABLE })).toEqual({ kind: 'partial', columns: { lineNo: { N: '1' } }, links });
  });

  it('is nothing where the update touched none of its columns, and for SQL to say where it touched some', () => {
    const none = { product_id: UNAVAILABLE, instead_of: UNAVAILABLE };
    expect(read(none)).toEqual({ kind: 'partial', columns, links: undefined });
    expect(read({ instead_of: UNAVAILABLE })).toEqual({ kind: 'touched', columns: {}, links: undefined });
  });

  const guess = (op: ChangeEvent['op'], before: object | undefined, after: object | undefined = json()) => {
    const { order_id, line_no } = json();
    const record = { epoch: 1, offset: 1n, key: JSON.stringify({ order_id, line_no }), aged: false };
    return decodeRowChange(orderLines, rowEvent(lines, op, before, after), record).guess;
  };

  it('is probably what it was for an update, unless the row before says otherwise', () => {
    expect(guess('c', undefined)).toBe('other');
    expect(guess('u', undefined)).toBe('same');
    expect(guess('u', json())).toBe('same');
    expect(guess('u', { ...json(), product_id: null })).toBe('same'); // not known without REPLICA IDENTITY FULL
    expect(guess('u', json({ product_id: 11 }))).toBe('other');
    expect(guess('d', json(), undefined)).toBe('other');
  });
});

describe('a document', () => {
  const own = { lineNo: { N: '1' }, note: NULL };

  it('shows what is embedded, and what that embeds', () => {
    const fragment = map({ code: textValue('PEN'), brand: map({ title: textValue('Acme') }) });
    expect(toDocument(orderLines, { ...own, product: fragment, instead: NULL })).toEqual({
      lineNo: 1,
      note: null,
      product: { code: 'PEN', brand: { title: 'Acme' } },
      instead: null,
    });
  });

  it('shows null for what no fragment has come of, and nothing of it as a truth', () => {
    expect(toDocument(orderLines, own)).toEqual({ lineNo: 1, note: null, product: null, instead: null });
    expect(toOwnDocument(orderLines, own)).toEqual({ lineNo: 1, note: null });
  });
});

describe('definitions', () => {
  const defined = (embeds: object) => () => view('v', { ...definition, embed: embeds } as never);
  const parent = embed(products, { on: ['product_id'], attributes: { code: 'sku' } });
  const deep = (depth: number): object =>
    depth === 0 ? {} : { self: { ...embed(products, { on: ['id'], attributes: {} }), embed: deep(depth - 1) } };
  const endless: { self?: object } = {};
  endless.self = { ...embed(products, { on: ['id'], attributes: {} }), embed: endless };

  it.each([
    ['an attribute by the same name', { note: parent }, 'both an attribute and embedded'],
    ['a reserved name', { _e: parent }, 'cannot embed a row as "_e"'],
    ['a name like that of a key of an index', { a_pk: parent }, 'cannot embed a row as "a_pk"'],
    ['a column the table does not have', { p: { ...parent, on: ['product'] } }, 'is no column of public.lines'],
    [
      'another number of columns',
      { p: { ...parent, on: ['product_id', 'note'] } },
      'the primary key of public.products has 1',
    ],
    [
      'a column the parent does not have',
      { p: { ...parent, attributes: { code: 'code' } } },
      'which public.products does not have',
    ],
    ['a number of shards that is none', { p: { ...parent, shards: 0 } }, '0 shards'],
    ['rows too deep', { p: { ...parent, embed: deep(3) } }, 'at most 3 rows in a line'],
    ['a row that embeds itself', { p: { ...parent, embed: endless } }, 'or embeds itself'],
  ])('refuse %s', (_, embeds, message) => {
    expect(defined(embeds)).toThrow(
      expect.objectContaining({
        code: 'HYBRIDGE_VIEW_DEFINITION_INVALID',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it('take three rows in a line', () => {
    expect(defined({ p: { ...parent, embed: deep(2) } })).not.toThrow();
  });
});

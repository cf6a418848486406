import { NULL, entriesOf, itemBytes, map, text } from '@hybridge/protocol';
import {
  type AnyView,
  type Row,
  type ViewRelation,
  column,
  embed,
  int4,
  notNull,
  nullable,
  source,
  table,
  text as textType,
  view,
} from '@hybridge/views';
import { newBases } from './estimate.ts';
import { referencesOf, sketch } from './sketch.ts';

const shop = source('shop', 'postgres');
const brands = table({
  source: shop,
  name: 'public.brands',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), title: notNull(textType()) },
});
const products = table({
  source: shop,
  name: 'public.products',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), sku: notNull(textType()), brand_id: nullable(int4()) },
});
const lines: AnyView = view('lines', {
  table: table({
    source: shop,
    name: 'public.lines',
    primaryKey: ['id'],
    columns: { id: notNull(int4()), product_id: nullable(int4()), parcel_id: nullable(int4()) },
  }),
  key: { pk: ['k1', 'PARCEL', column('parcel_id')], sk: ['LINE', column('id')] },
  attributes: { id: 'id' },
  embed: {
    product: embed(products, {
      on: ['product_id'],
      attributes: { sku: 'sku' },
      embed: { brand: embed(brands, { on: ['brand_id'], attributes: { name: 'title' } }) },
    }),
  },
});
const [{ base: productBase }] = lines.relations as readonly [ViewRelation];
const [{ base: brandBase }] = productBase.relations as readonly [ViewRelation];

const number = (n: number | null): Row[string] => (n === null ? NULL : { N: String(n) });
const line = (product: number | null, parcel: number | null): Row => ({
  id: number(1),
  product_id: number(product),
  parcel_id: number(parcel),
});
const samples = new Map<AnyView, readonly Row[]>([
  [productBase, [{ id: number(7), sku: text('A-7'), brand_id: number(1) }]],
  [brandBase, [{ id: number(1), title: text('Acme') }]],
]);
const rowsOf = (of: AnyView): readonly Row[] => samples.get(of) ?? [];

describe('a sketch of an item', () => {
  it('has what the item embeds, from the sample, with a version of as many parts', () => {
    const made = sketch(lines, line(7, 70), 3, rowsOf) ?? {};
    expect(made['product']).toEqual(map({ sku: text('A-7'), brand: map({ name: text('Acme') }) }));
    const { k, v } = entriesOf(made['_e_product']);
    expect([k, v !== undefined && 'S' in v && v.S.split('/').length]).toEqual([text('A#k1.lines.product#7'), 2]);
    expect(itemBytes(made)).toBeGreaterThan(itemBytes(sketch(lines, line(null, 70), 0, rowsOf) ?? {}));
  });

  it('embeds nothing where the row points nowhere, and is none where the row has no place', () => {
    expect(sketch(lines, line(null, 70), 0, rowsOf)?.['product']).toEqual(NULL);
    expect(sketch(lines, line(7, null), 0, rowsOf)).toBeUndefined();
  });

  it('comes with a reference for each row that it embeds', () => {
    expect(referencesOf(lines, line(7, 70))).toMatchObject([{ pk: text('R#A#k1.lines.product#7#0') }]);
    expect([referencesOf(lines, line(null, 70)), referencesOf(lines, line(7, null))]).toEqual([[], []]);
  });
});

describe('base items that a plan has to load', () => {
  const added = (what: string) => ({ view: 'lines', what, how: 'added', effect: 'refill', meaning: '' }) as const;
  const namesOf = (...plan: Parameters<typeof newBases>) => newBases(...plan).map(({ name }) => name);

  it('are all where a view is made anew, and else those of what came, with what that embeds', () => {
    const all = ['lines.product', 'lines.product.brand'];
    expect(namesOf(lines, { effect: 'load', changes: [] })).toEqual(all);
    expect(namesOf(lines, { effect: 'refill', changes: [added('embedded product')] })).toEqual(all);
    expect(namesOf(lines, { effect: 'refill', changes: [added('attribute product')] })).toEqual([]);
  });
});

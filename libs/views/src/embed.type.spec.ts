/** What must not compile. Checked by `tsc --build`; an expected error that does not come is an error itself. */
import { int4, int8 } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { embed } from './embed.ts';
import { column } from './key-template.ts';
import { source } from './source.ts';
import { type RowOf, notNull, nullable, table } from './table.ts';
import { type DocumentIn, view } from './view.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = { readonly [Name in keyof T]: T[Name] };

const shop = source('shop', 'postgres');
const brands = table({
  source: shop,
  name: 'public.brands',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), title: notNull(text()), country: nullable(text()) },
});
export const rowType: Equal<
  RowOf<typeof brands>,
  { readonly id: number; readonly title: string; readonly country: string | null }
> = true;
const products = table({
  source: shop,
  name: 'public.products',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), sku: notNull(text()), brand_id: nullable(int4()) },
});
const lines = table({
  source: shop,
  name: 'public.lines',
  primaryKey: ['order_id', 'line_no'],
  columns: { order_id: notNull(int8()), line_no: notNull(int4()), product_id: notNull(int4()) },
});
const key = { pk: ['l1', 'ORDER', column('order_id')], sk: ['LINE', column('line_no')] } as const;

const brand = embed(brands, { on: ['brand_id'], attributes: { name: 'title', country: 'country' } });

export const orderLines = view('order-lines', {
  table: lines,
  key,
  attributes: { lineNo: 'line_no' },
  embed: { product: embed(products, { on: ['product_id'], attributes: { sku: 'sku' }, embed: { brand } }) },
});

type Line = DocumentIn<typeof orderLines>;
export const ownType: Equal<Line['lineNo'], number> = true;
export const embeddedType: Equal<
  Flat<NonNullable<Line['product']>>,
  { readonly sku: string; readonly brand: NonNullable<Line['product']>['brand'] }
> = true;
export const nestedType: Equal<
  Flat<NonNullable<NonNullable<Line['product']>['brand']>>,
  { readonly name: string; readonly country: string | null }
> = true;
export const maybeNull: Equal<null extends Line['product'] ? true : false, true> = true;

// @ts-expect-error a column that the embedded table does not have
embed(brands, { on: ['brand_id'], attributes: { name: 'name' } });

// @ts-expect-error two columns for a primary key of one
embed(brands, { on: ['brand_id', 'id'], attributes: { name: 'title' } });

view('wrong-link', {
  table: lines,
  key,
  attributes: { lineNo: 'line_no' },
  // @ts-expect-error a column that the table does not have
  embed: { brand },
});

// @ts-expect-error what is embedded in it points from a column that it does not have
embed(brands, { on: ['brand_id'], attributes: { name: 'title' }, embed: { self: brand } });

view('no-index-of-others', {
  table: products,
  key: { pk: ['p1', column('id')], sk: ['P'] },
  attributes: { sku: 'sku' },
  embed: { brand },
  // @ts-expect-error an index by what is embedded
  indexes: { byBrand: { pk: ['BRAND'], sk: [{ attribute: 'brand' }] } },
});

export const page = view('page', {
  table: products,
  key: { pk: ['l1', 'ORDER', column('id')], sk: ['PAGE'] },
  attributes: { sku: 'sku' },
  collect: { lines: orderLines },
});
export const collected: Equal<(typeof page)['collect']['lines'], typeof orderLines> = true;

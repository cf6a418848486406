import {
  type AnyView,
  column,
  createCatalog,
  embed,
  int4,
  notNull,
  nullable,
  source,
  table,
  text,
  view,
} from '@hybridge/views';

/** Where the tables of these views lie. */
export const SCHEMA = 'joined';

const shop = source('shop', 'postgres');

export const brandsTable = table({
  source: shop,
  name: `${SCHEMA}.brands`,
  primaryKey: ['id'],
  columns: { id: notNull(int4()), title: notNull(text()) },
});

export const productsTable = table({
  source: shop,
  name: `${SCHEMA}.products`,
  primaryKey: ['id'],
  columns: { id: notNull(int4()), sku: notNull(text()), brand_id: nullable(int4()) },
});

export const linesTable = table({
  source: shop,
  name: `${SCHEMA}.lines`,
  primaryKey: ['id'],
  columns: { id: notNull(int4()), product_id: nullable(int4()), parcel_id: nullable(int4()), note: notNull(text()) },
});

const brand = embed(brandsTable, { on: ['brand_id'], attributes: { name: 'title' } });

/** Two rows in a line, and references over two partitions. */
export const lines = view('lines', {
  table: linesTable,
  key: { pk: ['l1', 'LINE', column('id')], sk: ['LINE'] },
  attributes: { note: 'note' },
  embed: {
    product: embed(productsTable, { on: ['product_id'], attributes: { sku: 'sku' }, embed: { brand }, shards: 2 }),
  },
});

/** Items that move with their parcel, and embed as well. */
export const parcelLines = view('parcel-lines', {
  table: linesTable,
  key: { pk: ['k1', 'PARCEL', column('parcel_id')], sk: ['LINE', column('id')] },
  attributes: { note: 'note' },
  embed: { product: embed(productsTable, { on: ['product_id'], attributes: { sku: 'sku' } }) },
});

/** As before it embedded anything. */
export const bareLines: AnyView = view('lines', {
  table: linesTable,
  key: { pk: ['l1', 'LINE', column('id')], sk: ['LINE'] },
  attributes: { note: 'note' },
});

export const joined = createCatalog([lines, parcelLines]);

export const productBase = joined.byName('lines.product');
export const brandBase = joined.byName('lines.product.brand');

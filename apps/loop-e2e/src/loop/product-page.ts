/** The definitions of an installation whose product page is fed by two databases, of two kinds. */
import { products as ofDemo } from '@hybridge/definitions';
import { column, createCatalog, mariadb, notNull, nullable, source, table, view } from '@hybridge/views';

const stock = source('stock', 'mariadb');

const inventoryTable = table({
  source: stock,
  name: 'stockroom.inventory',
  primaryKey: ['product_id'],
  columns: {
    product_id: notNull(mariadb.int()),
    bin: notNull(mariadb.varchar()),
    status: notNull(mariadb.enumeration()),
    on_hand: notNull(mariadb.int({ unsigned: true })),
    reserved: notNull(mariadb.int({ unsigned: true })),
    units_moved: notNull(mariadb.bigint({ unsigned: true })),
    last_counted: nullable(mariadb.date()),
    updated_at: notNull(mariadb.timestamp()),
  },
});

const inventoryAttributes = {
  bin: 'bin',
  status: 'status',
  onHand: 'on_hand',
  reserved: 'reserved',
  unitsMoved: 'units_moved',
  lastCounted: 'last_counted',
  updatedAt: 'updated_at',
} as const;

export const inventory = view('inventory', {
  table: inventoryTable,
  key: { pk: ['p1', 'PRODUCT', column('product_id')], sk: ['STOCK'] },
  attributes: inventoryAttributes,
  changes: { allow: ['bin', 'reserved'] },
});

/** The same rows, each from its first reader on. */
export const stockCards = view('stock-cards', {
  table: inventoryTable,
  key: { pk: ['s1', 'STOCK', column('product_id')], sk: ['CARD'] },
  attributes: inventoryAttributes,
  mode: 'lazy',
});

export const prices = view('prices', {
  table: table({
    source: stock,
    name: 'stockroom.prices',
    primaryKey: ['product_id', 'currency'],
    columns: {
      product_id: notNull(mariadb.int()),
      currency: notNull(mariadb.varchar()),
      amount: notNull(mariadb.decimal()),
      discount: nullable(mariadb.decimal()),
      valid_from: notNull(mariadb.datetime()),
      terms: nullable(mariadb.varchar()),
    },
  }),
  key: { pk: ['p1', 'PRODUCT', column('product_id')], sk: ['PRICE', column('currency')] },
  attributes: {
    currency: 'currency',
    amount: 'amount',
    discount: 'discount',
    validFrom: 'valid_from',
    terms: 'terms',
  },
  changes: { allow: ['amount', 'discount', 'validFrom', 'terms'], insert: true, delete: true },
});

/** Collects what this installation has, as queries name it: nothing by definition. */
export const products: typeof ofDemo = { ...ofDemo, collect: {} as never };

export const catalog = createCatalog([products, inventory, prices, stockCards]);

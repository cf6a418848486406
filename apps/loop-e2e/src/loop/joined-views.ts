/** The definitions of an installation whose views embed rows, one of them of another database, and whose items move. */
import {
  column,
  createCatalog,
  embed,
  int4,
  int8,
  mariadb,
  notNull,
  numeric,
  source,
  table,
  text,
  view,
} from '@hybridge/views';

const shop = source('shop', 'postgres');

const customersTable = table({
  source: shop,
  name: 'public.customers',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), full_name: notNull(text()), city: notNull(text()) },
});

const productsTable = table({
  source: shop,
  name: 'public.products',
  primaryKey: ['id'],
  columns: {
    id: notNull(int4()),
    sku: notNull(text()),
    name: notNull(text()),
    description: notNull(text()),
    list_price: notNull(numeric()),
  },
});

const ordersTable = table({
  source: shop,
  name: 'public.orders',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), customer_id: notNull(int8()), status: notNull(text()), total: notNull(numeric()) },
});

const linesTable = table({
  source: shop,
  name: 'public.order_lines',
  primaryKey: ['order_id', 'line_no'],
  columns: {
    order_id: notNull(int8()),
    line_no: notNull(int4()),
    product_id: notNull(int4()),
    quantity: notNull(int4()),
  },
});

const pricesTable = table({
  source: source('stock', 'mariadb'),
  name: 'stockroom.prices',
  primaryKey: ['product_id', 'currency'],
  columns: {
    product_id: notNull(mariadb.int()),
    currency: notNull(mariadb.varchar()),
    amount: notNull(mariadb.decimal()),
  },
});

/** Nothing is embedded in it: a marker goes through its items. */
export const products = view('products', {
  table: productsTable,
  key: { pk: ['p1', 'PRODUCT', column('id')], sk: ['PRODUCT'] },
  attributes: { id: 'id', description: 'description' },
});

const customer = embed(customersTable, { on: ['customer_id'], attributes: { name: 'full_name', city: 'city' } });

export const orders = view('orders', {
  table: ordersTable,
  key: { pk: ['jo1', column('id')], sk: ['ORDER'] },
  attributes: { id: 'id', status: 'status', total: 'total' },
  embed: { customer },
});

export const lines = view('lines', {
  table: linesTable,
  key: { pk: ['jl1', column('order_id')], sk: ['LINE', column('line_no')] },
  attributes: { quantity: 'quantity' },
  embed: {
    product: embed(productsTable, { on: ['product_id'], attributes: { name: 'name', price: 'list_price' } }),
    order: embed(ordersTable, { on: ['order_id'], attributes: { status: 'status' }, embed: { customer } }),
  },
});

/** An order lies in its customer's partition, and moves. */
export const ordersOf = view('ordersOf', {
  table: ordersTable,
  key: { pk: ['jc1', column('customer_id')], sk: ['ORDER', column('id')] },
  attributes: { id: 'id', status: 'status' },
  embed: { customer: embed(customersTable, { on: ['customer_id'], attributes: { name: 'full_name' } }) },
});

/** Rows of MariaDB that embed one of PostgreSQL. */
export const prices = view('prices', {
  table: pricesTable,
  key: { pk: ['jp1', column('product_id')], sk: ['PRICE', column('currency')] },
  attributes: { amount: 'amount' },
  embed: { product: embed(productsTable, { on: ['product_id'], attributes: { name: 'name', sku: 'sku' } }) },
});

export const catalog = createCatalog([products, orders, lines, ordersOf, prices]);

/** An installation whose views embed rows, one of them of another database, and whose items move. */
import {
  type AnyView,
  column,
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
  columns: { id: notNull(int8()), full_name: notNull(text()), city: notNull(text()), country: notNull(text()) },
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

export interface Build {
  /** Ends the first word of the partition keys, which keeps the items of two builds apart. */
  readonly number: string;
  /** What is embedded of an order's customer: attribute → column. */
  readonly customer: { readonly [attribute: string]: 'full_name' | 'city' | 'country' };
}

/** Rows embedded in rows that are embedded, a parent of another source, and an order that lies where its customer is. */
export function joinedViews({ number, customer: attributes }: Build): readonly AnyView[] {
  const customer = embed(customersTable, { on: ['customer_id'], attributes });
  return [
    // Nothing is embedded in it: a marker goes through its items.
    view('products', {
      table: productsTable,
      key: { pk: ['p1', 'PRODUCT', column('id')], sk: ['PRODUCT'] },
      attributes: { id: 'id', description: 'description' },
    }),
    view('orders', {
      table: ordersTable,
      key: { pk: [`jo${number}`, column('id')], sk: ['ORDER'] },
      attributes: { id: 'id', status: 'status', total: 'total' },
      embed: { customer },
    }),
    view('lines', {
      table: linesTable,
      key: { pk: [`jl${number}`, column('order_id')], sk: ['LINE', column('line_no')] },
      attributes: { quantity: 'quantity' },
      embed: {
        product: embed(productsTable, { on: ['product_id'], attributes: { name: 'name', price: 'list_price' } }),
        order: embed(ordersTable, { on: ['order_id'], attributes: { status: 'status' }, embed: { customer } }),
      },
    }),
    view('ordersOf', {
      table: ordersTable,
      key: { pk: [`jc${number}`, column('customer_id')], sk: ['ORDER', column('id')] },
      attributes: { id: 'id', status: 'status' },
      embed: { customer: embed(customersTable, { on: ['customer_id'], attributes: { name: 'full_name' } }) },
    }),
    view('prices', {
      table: pricesTable,
      key: { pk: [`jp${number}`, column('product_id')], sk: ['PRICE', column('currency')] },
      attributes: { amount: 'amount' },
      embed: { product: embed(productsTable, { on: ['product_id'], attributes: { name: 'name', sku: 'sku' } }) },
    }),
  ];
}

/** The views of the README's examples; definitions of an installation are not this lib's to know. */
import {
  attribute,
  column,
  createCatalog,
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

export const customers = view('customers', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.customers',
    primaryKey: ['id'],
    columns: {
      id: notNull(int8()),
      name: notNull(text()),
      city: notNull(text()),
      country: notNull(text()),
      phone: nullable(text()),
    },
  }),
  key: { pk: ['c1', 'CUSTOMER', column('id')], sk: ['CUSTOMER'] },
  attributes: { id: 'id', name: 'name', city: 'city', country: 'country', phone: 'phone' },
  changes: { allow: ['city', 'phone'] },
  indexes: {
    byCity: { pk: ['CUSTOMERS', attribute('country')], sk: [attribute('city'), attribute('name')] },
  },
});

export const addresses = view('addresses', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.addresses',
    primaryKey: ['customer_id', 'label'],
    columns: { customer_id: notNull(int8()), label: notNull(text()), city: notNull(text()) },
  }),
  key: { pk: ['c1', 'CUSTOMER', column('customer_id')], sk: ['ADDRESS', column('label')] },
  attributes: { label: 'label', city: 'city' },
});

export const orderLines = view('order-lines', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.order_lines',
    primaryKey: ['order_id', 'nr'],
    columns: { order_id: notNull(int8()), nr: notNull(int4()), sku: notNull(text()) },
  }),
  key: { pk: ['o1', 'ORDER', column('order_id')], sk: ['LINE', column('nr')] },
  attributes: { sku: 'sku' },
});

export const orders = view('orders', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.orders',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), customer_id: notNull(int8()), total: notNull(numeric()) },
  }),
  key: { pk: ['o1', 'ORDER', column('id')], sk: ['ORDER'] },
  attributes: { total: 'total' },
  embed: { customer: embed(customers.table, { on: ['customer_id'], attributes: { name: 'name' } }) },
  collect: { lines: orderLines },
});

export const catalog = createCatalog([customers, addresses, orders, orderLines]);

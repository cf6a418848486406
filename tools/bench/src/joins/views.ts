/** The same orders three times: with what they embed of their customer, without it, and below their customer. */
import {
  column,
  createCatalog,
  embed,
  int8,
  notNull,
  nullable,
  numeric,
  source,
  table,
  text,
  view,
} from '@hybridge/views';

const shop = source('shop', 'postgres');

const customers = table({
  source: shop,
  name: 'public.customers',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), name: notNull(text()), city: notNull(text()), note: nullable(text()) },
});

const orders = table({
  source: shop,
  name: 'public.orders',
  primaryKey: ['id'],
  columns: {
    id: notNull(int8()),
    customer_id: nullable(int8()),
    status: notNull(text()),
    total: notNull(numeric()),
    note: nullable(text()),
  },
});

const attributes = { id: 'id', customerId: 'customer_id', status: 'status', total: 'total', note: 'note' } as const;
const embedded = { name: 'name', city: 'city' } as const;

export const joinedOrders = view('joinedOrders', {
  table: orders,
  key: { pk: ['j1', 'ORDER', column('id')], sk: ['ORDER'] },
  attributes,
  embed: { customer: embed(customers, { on: ['customer_id'], attributes: embedded }) },
});

const plainOrders = view('plainOrders', {
  table: orders,
  key: { pk: ['p1', 'ORDER', column('id')], sk: ['ORDER'] },
  attributes,
});

/** As much of a customer as the joined view keeps of one. */
const plainCustomers = view('plainCustomers', {
  table: customers,
  key: { pk: ['p1', 'CUSTOMER', column('id')], sk: ['CUSTOMER'] },
  attributes: embedded,
});

export const movingOrders = view('movingOrders', {
  table: orders,
  key: { pk: ['m1', 'CUSTOMER', column('customer_id')], sk: ['ORDER', column('id')] },
  attributes,
});

export const catalogs = {
  joined: createCatalog([joinedOrders]),
  plain: createCatalog([plainOrders, plainCustomers]),
  moving: createCatalog([movingOrders]),
} as const;

import { OrderPlaced, OrderStatusChanged } from '@hybridge/contracts';
import { attribute, column, view } from '@hybridge/views';
import { STAFF } from '../access.ts';
import { orders as table } from '../tables/shop.ts';

/** An order as its customer sees it. Customers may add a note while SQL accepts it. */
export const orders = view('orders', {
  table,
  key: { pk: ['o1', 'ORDER', column('id')], sk: ['ORDER'] },
  attributes: {
    id: 'id',
    reference: 'reference',
    customerId: 'customer_id',
    status: 'status',
    total: 'total',
    note: 'note',
    placedAt: 'placed_at',
    shippedAt: 'shipped_at',
  },
  changes: { allow: ['note'], policy: 'sql-wins' },
  indexes: {
    // A customer's orders by time.
    byCustomer: { pk: ['CUSTOMERORDERS', attribute('customerId')], sk: [attribute('placedAt')] },
    // What the people who pack have to read, at each step; only orders with a note.
    noted: {
      pk: ['NOTEDORDERS', attribute('status')],
      sk: [attribute('placedAt')],
      where: ({ note }) => note !== null && note !== '',
    },
  },
  access: { owner: { attribute: 'customerId' }, read: ['owner', STAFF], update: ['owner'] },
  events: (on) => [
    on.created(OrderPlaced, ({ after }) => ({ orderId: after.id, customerId: after.customerId, total: after.total })),
    on.changed(OrderStatusChanged, ['status'], ({ before, after }) => ({
      orderId: after.id,
      status: after.status,
      ...(before === undefined ? {} : { previousStatus: before.status }),
    })),
  ],
});

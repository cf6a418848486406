import { column, view } from '@hybridge/views';
import { STAFF } from '../access.ts';
import { wishes as table } from '../tables/shop.ts';

/** Wishes of a customer, in their item collection. They live here first; SQL has them for reports. */
export const wishes = view('wishes', {
  table,
  primary: 'dynamodb',
  key: { pk: ['c1', 'CUSTOMER', column('customer_id')], sk: ['WISH', column('product_id')] },
  attributes: {
    customerId: 'customer_id',
    productId: 'product_id',
    quantity: 'quantity',
    note: 'note',
    wishedAt: 'wished_at',
  },
  access: {
    owner: { attribute: 'customerId' },
    read: ['owner', STAFF],
    insert: ['owner'],
    update: ['owner'],
    delete: ['owner'],
  },
});

import { column, view } from '@hybridge/views';
import { addresses as table } from '../tables/shop.ts';

/** Delivery addresses, in the item collection of their customer. Customers add, change and remove them. */
export const addresses = view('addresses', {
  table,
  key: { pk: ['c1', 'CUSTOMER', column('customer_id')], sk: ['ADDRESS', column('label')] },
  attributes: {
    customerId: 'customer_id',
    label: 'label',
    street: 'street',
    postalCode: 'postal_code',
    city: 'city',
    country: 'country',
    instructions: 'instructions',
  },
  changes: {
    allow: ['street', 'postalCode', 'city', 'country', 'instructions'],
    policy: 'sql-wins',
    insert: true,
    delete: true,
  },
});

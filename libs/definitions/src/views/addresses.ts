import { column, view } from '@hybridge/views';
import { STAFF } from '../access.ts';
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
    scope: 'row', // half of one address and half of another is no address
    insert: true,
    delete: true,
  },
  rawWrites: 'capture', // another service of the shop still writes addresses straight into the table
  access: {
    owner: { attribute: 'customerId' },
    read: ['owner', STAFF],
    insert: ['owner'],
    update: ['owner'],
    delete: ['owner'],
  },
});

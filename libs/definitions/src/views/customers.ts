import { CustomerChanged } from '@hybridge/contracts';
import { column, view } from '@hybridge/views';
import { STAFF } from '../access.ts';
import { customers as table } from '../tables/shop.ts';

/** A customer with the address bills go to. Customers keep their contact details up to date themselves. */
export const customers = view('customers', {
  table,
  key: { pk: ['c1', 'CUSTOMER', column('id')], sk: ['CUSTOMER'] },
  attributes: {
    id: 'id',
    email: 'email',
    name: 'full_name',
    phone: 'phone',
    street: 'street',
    postalCode: 'postal_code',
    city: 'city',
    country: 'country',
    creditLimit: 'credit_limit',
    bornOn: 'born_on',
    preferences: 'preferences',
    remarks: 'remarks',
    createdAt: 'created_at',
  },
  changes: {
    allow: ['email', 'phone', 'street', 'postalCode', 'city', 'country', 'preferences'],
    policy: 'sql-wins', // staff corrects addresses and e-mail, so what a customer did not see is not overwritten
    fields: { preferences: 'customer-wins' }, // only the customer knows them
  },
  access: {
    owner: { attribute: 'id' },
    read: ['owner', STAFF],
    update: ['owner'],
    fields: { creditLimit: { read: [STAFF] } },
  },
  events: (on) => [
    on.changed(CustomerChanged, ['email', 'name', 'phone', 'street', 'postalCode', 'city', 'country'], (change) => ({
      customerId: change.after.id,
      changed: [...change.changed],
    })),
  ],
});

/** The views of the README's examples; definitions of an installation are not this lib's to know. */
import { attribute, column, createCatalog, int8, notNull, nullable, source, table, text, view } from '@hybridge/views';

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

export const catalog = createCatalog([customers, addresses]);

/** The views of the README's examples; definitions of an installation are not this lib's to know. */
import { column, createCatalog, int8, notNull, nullable, table, text, view } from '@hybridge/views';

export const customers = view('customers', {
  table: table({
    source: 'shop',
    name: 'public.customers',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), city: notNull(text()), phone: nullable(text()) },
  }),
  key: { pk: ['c1', 'CUSTOMER', column('id')], sk: ['CUSTOMER'] },
  attributes: { id: 'id', city: 'city', phone: 'phone' },
  changes: { allow: ['city', 'phone'] },
});

export const addresses = view('addresses', {
  table: table({
    source: 'shop',
    name: 'public.addresses',
    primaryKey: ['customer_id', 'label'],
    columns: { customer_id: notNull(int8()), label: notNull(text()), city: notNull(text()) },
  }),
  key: { pk: ['c1', 'CUSTOMER', column('customer_id')], sk: ['ADDRESS', column('label')] },
  attributes: { label: 'label', city: 'city' },
});

export const catalog = createCatalog([customers, addresses]);

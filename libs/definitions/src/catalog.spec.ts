import {
  type AnyView,
  type Row,
  comparedOf,
  decodeTextRow,
  keyOfRow,
  policyOf,
  projectRow,
  toDocument,
} from '@hybridge/views';
import { catalog } from './catalog.ts';

/** One row of each table, as the SQL driver gives it. */
const ROWS: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  'public.customers': {
    id: '42',
    email: 'a@example.org',
    full_name: 'A',
    phone: null,
    street: 's',
    postal_code: 'p',
    city: 'c',
    country: 'NL',
    credit_limit: '10.50',
    born_on: null,
    preferences: '{}',
    remarks: null,
    created_at: '2026-11-22 16:07:14+00',
  },
  'public.addresses': {
    customer_id: '42',
    label: 'home',
    street: 's',
    postal_code: 'p',
    city: 'c',
    country: 'NL',
    instructions: null,
  },
  'public.products': {
    id: '7',
    sku: 'SKU',
    name: 'n',
    description: 'd',
    list_price: '12.50',
    weight_kg: null,
    in_stock: '3',
    discontinued: 'f',
    attributes: '{}',
    thumbnail: null,
    updated_at: '2026-11-22 16:07:14+00',
  },
  'public.orders': {
    id: '9007199254740993',
    reference: '00000000-0000-4000-8000-000000000001',
    customer_id: '42',
    status: 'placed',
    total: '99.95',
    note: null,
    placed_at: '2026-11-22 16:07:14+00',
    shipped_at: null,
  },
  'public.wishes': {
    customer_id: '42',
    product_id: '7',
    quantity: '2',
    note: null,
    wished_at: '2026-11-22 16:07:14+00',
  },
  'stockroom.inventory': {
    product_id: '7',
    bin: 'A-01',
    status: 'available',
    on_hand: '12',
    reserved: '2',
    reorder_level: '10',
    units_moved: '18446744073709551615',
    last_counted: '2026-11-22',
    updated_at: '2026-11-22 16:07:14.000001',
  },
  'stockroom.prices': {
    product_id: '7',
    currency: 'EUR',
    amount: '9999999999.90',
    discount: '0.1250',
    valid_from: '2026-11-22 00:00:00',
    terms: null,
  },
};

const rowOf = (view: AnyView): Row =>
  decodeTextRow(view.table, Object.keys(view.table.columns), ROWS[view.table.name] ?? {});

describe('a product page', () => {
  it('is one item collection, fed by two databases', () => {
    const page = ['products', 'stock', 'prices'].map((name) => catalog.byName(name));
    expect(page.map((view) => keyOfRow(view, rowOf(view)))).toEqual([
      { pk: 'p1#PRODUCT#7', sk: 'PRODUCT' },
      { pk: 'p1#PRODUCT#7', sk: 'STOCK' },
      { pk: 'p1#PRODUCT#7', sk: 'PRICE#EUR' },
    ]);
    expect(page.map(({ table }) => table.source.kind)).toEqual(['postgres', 'mariadb', 'mariadb']);
  });
});

describe('what customers may change', () => {
  it('merges with corrections of the staff, lets preferences win, and takes an address as a whole', () => {
    expect(policyOf(catalog.byName('customers').changes, 'city')).toBe('sql-wins');
    expect(policyOf(catalog.byName('customers').changes, 'preferences')).toBe('customer-wins');
    expect(comparedOf(catalog.byName('customers'))).toEqual([]);
    expect(comparedOf(catalog.byName('addresses'))).toContain('instructions');
  });
});

describe.each(catalog.views.map((view) => [view.name, view] as const))('view %s', (_, view) => {
  it('finds its own items by key, and nobody else does', () => {
    const key = keyOfRow(view, rowOf(view));
    expect(catalog.byKey(key)?.view).toBe(view);
  });

  it('makes events that fit their contracts', () => {
    const document = toDocument(view, projectRow(view, rowOf(view)) ?? {});
    const key = Object.fromEntries(
      view.table.primaryKey.map((name: string) => [name, ROWS[view.table.name]?.[name] ?? '']),
    );
    for (const event of view.events) {
      const change = { key, changed: view.attributeNames };
      const created = event.data({ ...change, before: undefined, after: document });
      const changed = event.data({ ...change, before: document, after: document });
      expect(event.contract.schema.safeParse(created).error).toBeUndefined();
      expect(event.contract.schema.safeParse(changed).error).toBeUndefined();
    }
  });
});

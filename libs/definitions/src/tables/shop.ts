import {
  bool,
  bytea,
  date,
  int4,
  int8,
  jsonb,
  notNull,
  nullable,
  numeric,
  table,
  text,
  timestamptz,
  uuid,
} from '@hybridge/views';
import { shop as source } from '../sources.ts';

export const customers = table({
  source,
  name: 'public.customers',
  primaryKey: ['id'],
  columns: {
    id: notNull(int8()),
    email: notNull(text()),
    full_name: notNull(text()),
    phone: nullable(text()),
    street: notNull(text()),
    postal_code: notNull(text()),
    city: notNull(text()),
    country: notNull(text()),
    credit_limit: notNull(numeric()),
    born_on: nullable(date()),
    preferences: notNull(jsonb()),
    remarks: nullable(text()),
    created_at: notNull(timestamptz()),
  },
});

export const addresses = table({
  source,
  name: 'public.addresses',
  primaryKey: ['customer_id', 'label'],
  columns: {
    customer_id: notNull(int8()),
    label: notNull(text()),
    street: notNull(text()),
    postal_code: notNull(text()),
    city: notNull(text()),
    country: notNull(text()),
    instructions: nullable(text()),
  },
});

export const products = table({
  source,
  name: 'public.products',
  primaryKey: ['id'],
  columns: {
    id: notNull(int4()),
    sku: notNull(text()),
    name: notNull(text()),
    description: notNull(text()),
    list_price: notNull(numeric()),
    weight_kg: nullable(numeric()),
    in_stock: notNull(int4()),
    discontinued: notNull(bool()),
    attributes: notNull(jsonb()),
    thumbnail: nullable(bytea()),
    updated_at: notNull(timestamptz()),
  },
});

export const orders = table({
  source,
  name: 'public.orders',
  primaryKey: ['id'],
  columns: {
    id: notNull(int8()),
    reference: notNull(uuid()),
    customer_id: notNull(int8()),
    status: notNull(text()),
    total: notNull(numeric()),
    note: nullable(text()),
    placed_at: notNull(timestamptz()),
    shipped_at: nullable(timestamptz()),
  },
});

export const wishes = table({
  source,
  name: 'public.wishes',
  primaryKey: ['customer_id', 'product_id'],
  columns: {
    customer_id: notNull(int8()),
    product_id: notNull(int4()),
    quantity: notNull(int4()),
    note: nullable(text()),
    wished_at: notNull(timestamptz()),
  },
});

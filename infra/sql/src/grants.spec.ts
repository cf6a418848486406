import { addresses, customers, products } from '@hybridge/definitions';
import { int4, int8, notNull, source, table, text, writes } from '@hybridge/views';
import { grantsFor } from './grants.ts';

describe('grantsFor', () => {
  const appRights = (statements: readonly string[]): readonly string[] =>
    statements.filter((statement) => /^GRANT (UPDATE|INSERT|DELETE)/.test(statement));

  it('takes every right away before it gives the ones needed', () => {
    const statements = grantsFor('public.products', [products]);
    const revoke = statements.findIndex((statement) => statement.startsWith('REVOKE ALL ON "public"."products"'));
    const select = statements.findIndex((statement) => statement.startsWith('GRANT SELECT ON "public"."products"'));
    expect(revoke).toBeGreaterThanOrEqual(0);
    expect(select).toBeGreaterThan(revoke);
  });

  it('lets the app change nothing where customers change nothing', () => {
    expect(appRights(grantsFor('public.products', [products]))).toEqual([]);
  });

  it('lets the app update the columns customers may change, and no others', () => {
    expect(appRights(grantsFor('public.customers', [customers]))).toEqual([
      'GRANT UPDATE ("email", "phone", "street", "postal_code", "city", "country", "preferences") ON "public"."customers" TO hybridge_app',
    ]);
  });

  it('lets the app insert and delete where a view allows it', () => {
    expect(appRights(grantsFor('public.addresses', [addresses]))).toEqual([
      'GRANT UPDATE ("street", "postal_code", "city", "country", "instructions") ON "public"."addresses" TO hybridge_app',
      'GRANT INSERT ("customer_id", "label", "street", "postal_code", "city", "country", "instructions") ON "public"."addresses" TO hybridge_app',
      'GRANT DELETE ON "public"."addresses" TO hybridge_app',
    ]);
  });

  it('names each column once when several views share a table', () => {
    const [update] = appRights(grantsFor('public.customers', [customers, customers]));
    expect(update?.match(/"city"/g)).toHaveLength(1);
  });

  const moves = table({
    source: source('shop', 'postgres'),
    name: 'public.moves',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), city: notNull(text()), times: notNull(int4()) },
  });

  it('lets the app write what changes declare to write besides, and capture nothing', () => {
    expect(grantsFor('public.moves', [], [writes(moves, { insert: ['city'] })]).slice(1)).toEqual([
      'REVOKE ALL ON "public"."moves" FROM hybridge_capture, hybridge_app',
      'GRANT INSERT ("city") ON "public"."moves" TO hybridge_app',
    ]);
    expect(grantsFor('public.moves', [], [writes(moves, { update: ['times'], delete: true })]).slice(2)).toEqual([
      'GRANT SELECT ("id") ON "public"."moves" TO hybridge_app',
      'GRANT UPDATE ("times") ON "public"."moves" TO hybridge_app',
      'GRANT DELETE ON "public"."moves" TO hybridge_app',
    ]);
  });

  it('lets the app count a version up, and insert where an update may', () => {
    const versioned = { ...customers, changes: { ...customers.changes, allow: ['city'], version: 'creditLimit' } };
    expect(appRights(grantsFor('public.customers', [versioned]))).toEqual([
      'GRANT UPDATE ("city", "credit_limit") ON "public"."customers" TO hybridge_app',
    ]);
    const upserting = { ...addresses, changes: { ...addresses.changes, insert: false, upsert: true } };
    expect(appRights(grantsFor('public.addresses', [upserting]))[1]).toMatch(/^GRANT INSERT/);
  });
});

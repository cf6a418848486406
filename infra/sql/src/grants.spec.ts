import { addresses, customers, products } from '@hybridge/definitions';
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
});

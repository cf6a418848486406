import type { SchemaColumn } from '@hybridge/reader-schema';
import { foundColumn, foundTable } from '../schema/schema-fixtures.features.ts';
import { describingColumns } from './describing-columns.ts';
import { planTables } from './plan-tables.ts';
import type { PlannedTable } from './plan.ts';

const varchar = (name: string, length = 40): SchemaColumn =>
  foundColumn(name, { type: 'character varying', declared: `character varying(${length})` });

const chosen = (entity: string, columns: readonly (string | SchemaColumn)[], isLookup = false): readonly string[] => {
  const found = foundTable('t', ['id', ...columns], { foreignKeys: [] });
  const { tables } = planTables({ name: 'shop', kind: 'postgres', relations: [found] });
  return describingColumns(tables[0] as PlannedTable, entity, isLookup);
};

describe('columns that say what a row is', () => {
  it.each<[string, readonly (string | SchemaColumn)[], readonly string[]]>([
    ['PRODUCT', [varchar('product_name'), varchar('supplier_name'), varchar('city')], ['product_name']],
    ['CUSTOMER', [varchar('company_name'), varchar('contact_name'), varchar('contact_title')], ['company_name']],
    ['EMPLOYEE', [varchar('last_name'), varchar('first_name'), varchar('title')], ['last_name', 'first_name']],
    ['FILM', [varchar('title'), varchar('description')], ['title']],
    ['REGION', [varchar('region_description')], ['region_description']],
    ['PRODUCT', [varchar('name'), varchar('sku'), varchar('description')], ['name', 'sku']],
    ['INVOICE', ['number', varchar('street')], ['number']],
    ['USER', [varchar('username'), varchar('password_hash'), varchar('email')], ['username']],
    ['DOCUMENT', [varchar('name', 4_000), foundColumn('title', { type: 'bytea' })], []],
    ['ARTICLE', [foundColumn('description', { type: 'text' })], []],
    ['CUSTOMER', [varchar('phone'), varchar('postal_code'), 'count'], []],
  ])('of a %s with %j', (entity, columns, expected) => {
    expect(chosen(entity, columns)).toEqual(expected);
  });

  it('takes what texts a list of names has', () => {
    expect(chosen('KIND', [varchar('wording'), 'rank', varchar('created_by')], true)).toEqual(['wording']);
    expect(chosen('KIND', [foundColumn('description', { type: 'text' })], true)).toEqual(['description']);
    expect(chosen('KIND', [varchar('wording')])).toEqual([]);
  });
});

import { type SchemaColumn } from '@hybridge/reader-schema';
import { SourceKind } from '@hybridge/views';
import { foundColumn, foundTable } from '../schema/schema-fixtures.features.ts';
import type { InitPlan } from './plan.ts';
import { planDefinitions } from './plan-views.ts';

const plan = (kind: SourceKind, key: SchemaColumn, other: SchemaColumn): InitPlan => {
  const table = foundTable('things', [key, other], { engine: 'InnoDB' });
  return planDefinitions([{ name: 'stock', kind, relations: [table] }]);
};
const callOf = ({ views }: InitPlan, name: string): string | undefined =>
  views[0]?.table.columns.find((column) => column.name === name)?.codec.call;

describe('columns that change events do not tell exactly', () => {
  it('are no key: a UUID of MariaDB', () => {
    const text = foundColumn('x', { type: 'varchar' });
    const one = plan(SourceKind.mariadb, foundColumn('id', { type: 'uuid' }), text);
    expect(one.views).toEqual([]);
    expect(one.refused).toMatchObject([
      { reason: expect.stringMatching(/^column id cannot be of its key: .*char\(36\)/) },
    ]);
    expect(plan(SourceKind.postgres, foundColumn('id', { type: 'uuid' }), text).views).toHaveLength(1);
  });

  it('are taken beside the key where SQL can be asked', () => {
    const one = plan(SourceKind.mariadb, foundColumn('id', { type: 'int' }), foundColumn('x', { type: 'uuid' }));
    expect(callOf(one, 'x')).toBe('mariadb.uuid()');
  });

  it('are left out where events have NULL: a name of PostgreSQL', () => {
    const one = plan(SourceKind.postgres, foundColumn('id', { type: 'integer' }), foundColumn('x', { type: 'name' }));
    expect(callOf(one, 'x')).toBeUndefined();
    expect(one.views[0]?.table.leftOut).toMatchObject([{ name: 'x' }]);
  });

  it('have the width of the column: a real of PostgreSQL', () => {
    const one = plan(SourceKind.postgres, foundColumn('id', { type: 'integer' }), foundColumn('x', { type: 'real' }));
    expect(callOf(one, 'x')).toBe('float4()');
  });
});

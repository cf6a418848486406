import { type Relation, RelationKind } from '@hybridge/reader-schema';
import { foundColumn, foundTable, keyOf, references } from '../schema/schema-fixtures.features.ts';
import type { InitPlan, PlannedView } from './plan.ts';
import { planDefinitions } from './plan-views.ts';
import { renderDefinitions } from './render-views.ts';
import { formatKey } from './source-text.ts';

const plan = (...relations: readonly Relation[]): InitPlan =>
  planDefinitions([{ name: 'shop', kind: 'postgres', relations }]);

const viewOf = ({ views }: InitPlan, name: string): PlannedView => {
  const view = views.find((one) => one.name === name);
  if (view === undefined) throw new Error(`no view ${name}`);
  return view;
};

const keyText = (one: InitPlan, name: string): string => {
  const { key } = viewOf(one, name);
  return `${formatKey(key.pk)} / ${formatKey(key.sk)}`;
};

const refusal = (one: InitPlan): string => one.refused.map(({ reason, fix }) => `${reason}; ${fix}`).join('\n');

describe('keys', () => {
  const orders = foundTable('orders', ['order_id', 'customer_id'], { rows: 5_000 });
  const lines = foundTable('lines', ['order_id', 'line', 'product_id'], {
    ...keyOf('order_id', 'line'),
    foreignKeys: [references('orders', 'order_id'), references('products', 'product_id')],
  });
  const products = foundTable('products', ['product_id'], { rows: 40_000 });

  it('puts a child into the collection of the parent whose key its own begins with', () => {
    const one = plan(lines, orders, products);
    expect(keyText(one, 'orders')).toBe('o1#ORDER#{order_id} / ORDER');
    expect(keyText(one, 'lines')).toBe('o1#ORDER#{order_id} / LINE#{line}');
    expect(viewOf(one, 'lines').parent).toBe('orders');
    expect(viewOf(one, 'lines').index).toMatchObject({ name: 'byProduct', parent: 'products' });
  });

  it('keeps the child where the parent is no view', () => {
    const one = plan(lines, products);
    expect(keyText(one, 'lines')).toBe('l1#LINE#{order_id}#{line} / LINE');
    expect(viewOf(one, 'lines').notes[0]).toBe(
      'order_id → public.orders, which is no view: it was not among the tables to read.',
    );
  });

  it.each([
    ['the foreign key is not the first of the key', ['line', 'order_id'], 'integer', 'bigint'],
    ['the texts of both would differ', ['order_id', 'line'], 'text', 'character'],
  ])('keeps the child where %s', (_, key, type, childType) => {
    const parent = foundTable('orders', [foundColumn('order_id', { type })]);
    const child = foundTable('lines', [foundColumn('order_id', { type: childType }), 'line'], {
      ...keyOf(...key),
      foreignKeys: [references('orders', 'order_id')],
    });
    expect(viewOf(plan(parent, child), 'lines').parent).toBeUndefined();
  });

  it('ends where tables refer to each other in a ring', () => {
    const ring = (name: string, other: string) => foundTable(name, ['id'], { foreignKeys: [references(other, 'id')] });
    const one = plan(ring('a', 'b'), ring('b', 'c'), ring('c', 'a'));
    expect(one.views.map(({ name, parent }) => [name, parent])).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['c', undefined],
    ]);
    expect(renderDefinitions(one)).toHaveLength(7);
  });

  it('gives every root a prefix of its own, and every child a word of its own', () => {
    const names = ['cat', 'cats', 'cow', 'Cat'];
    const one = plan(...names.map((name) => foundTable(name, ['id'])));
    const prefixes = one.views.map(({ key }) => key.pk[0]);
    expect(new Set(prefixes).size).toBe(names.length);
    expect(one.views.map(({ name }) => name)).toEqual(['cat', 'cats', 'cow', 'cat2']);
  });

  it('tells tables of one name apart', () => {
    const inSales = { ...foundTable('orders', ['id']), schema: 'sales' };
    const both = planDefinitions([
      { name: 'shop', kind: 'postgres', relations: [foundTable('orders', ['id']), inSales] },
      { name: 'crm', kind: 'postgres', relations: [foundTable('orders', ['id'])] },
    ]);
    expect(both.views.map(({ name }) => name)).toEqual(['shopOrders', 'salesOrders', 'crmOrders']);
    expect(renderDefinitions(both).map(({ path }) => path)).toEqual(
      expect.arrayContaining(['tables/crm.ts', 'tables/shop.ts', 'views/crm-orders.ts', 'sources.ts']),
    );
  });
});

describe('tables', () => {
  it.each([
    [RelationKind.view, /a view: .*name its tables/],
    [RelationKind.materializedView, /materialized view: the log tells nothing/],
    [RelationKind.foreignTable, /on another server/],
  ])('refuses a %s', (kind, reason) => {
    expect(refusal(plan(foundTable('t', ['id'], { kind })))).toMatch(reason);
  });

  it('takes the root of partitions, and says what the publication needs', () => {
    const one = plan(
      foundTable('events', ['id'], { kind: RelationKind.partitioned }),
      foundTable('events_1', ['id'], { kind: RelationKind.partition }),
    );
    expect(one.views.map(({ name }) => name)).toEqual(['events']);
    expect(one.refused).toEqual([]);
    expect(viewOf(one, 'events').table.notes[0]).toContain('publish_via_partition_root');
  });

  const keyless = (more: Partial<Relation> = {}): Relation => {
    const { primaryKey: _, ...rest } = foundTable('t', ['code', foundColumn('maybe', { nullable: true })]);
    return { ...rest, ...more };
  };
  const unique = { uniqueKeys: [{ name: 't_code_key', columns: ['code'] }] };

  it('refuses a table without any key, or with one that may be NULL, and says what to do', () => {
    expect(refusal(plan(keyless()))).toContain('ALTER TABLE public.t ADD PRIMARY KEY (…)');
    expect(refusal(plan(keyless({ uniqueKeys: [{ name: 'm', columns: ['maybe'] }] })))).toContain('no unique index');
    expect(refusal(plan(keyless(unique)))).toContain('ADD PRIMARY KEY USING INDEX t_code_key');
  });

  it('takes a unique index that the log identifies rows by', () => {
    const one = plan(keyless({ ...unique, replicaIdentity: 'index', identityColumns: ['code'] }));
    expect(viewOf(one, 't').table.primaryKey).toEqual(['code']);
    expect(viewOf(one, 't').table.notes[0]).toContain('t_code_key');
    expect(plan(keyless({ ...unique, replicaIdentity: 'full' })).views).toHaveLength(1);
    expect(plan(keyless({ ...unique, replicaIdentity: 'index', identityColumns: ['maybe'] })).views).toEqual([]);
  });

  it('refuses what cannot be captured or named', () => {
    expect(refusal(plan(foundTable('t', ['id'], { unlogged: true })))).toContain('SET LOGGED');
    expect(refusal(plan(foundTable('t', ['id'], { hasHeirs: true })))).toContain('inherit');
    expect(refusal(plan(foundTable('my table', ['id'])))).toContain('ALTER TABLE public."my table" RENAME TO');
    expect(refusal(plan(foundTable('price.list', ['id'])))).toContain('ALTER TABLE public."price.list" RENAME TO');
    expect(refusal(plan({ ...foundTable('t', ['id']), schema: 'a.b' }))).toContain('rename the schema');
    expect(refusal(plan(foundTable('t', [foundColumn('id', { type: 'point' })])))).toContain('no codec');
    expect(plan(foundTable('hybridge_inbox', ['change_id']))).toMatchObject({ views: [], refused: [] });
  });

  it('leaves columns out with the reason, in the place where they stood', () => {
    const one = plan(
      foundTable('t', [
        'id',
        foundColumn('a', { generated: 'stored' }),
        foundColumn('b', { type: 'point' }),
        foundColumn('__proto__'),
        foundColumn('c', { type: 'text', nullable: true }),
      ]),
    );
    const text = renderDefinitions(one).find(({ path }) => path === 'tables/shop.ts')?.text ?? '';
    expect(text.slice(text.indexOf('  columns: {'))).toBe(`  columns: {
    id: notNull(int4()),
    // a is left out: generated, and PostgreSQL before 18 does not replicate such columns; compute it in the view.
    // b is left out: there is no codec for the type point.
    // __proto__ is left out: no object can have a field of this name.
    c: nullable(text()),
  },
});

export type TRow = RowOf<typeof t>;
`);
  });

  it('takes the codecs of MariaDB for MariaDB', () => {
    const found = foundTable('stock', [
      foundColumn('id', { type: 'int unsigned' }),
      foundColumn('on', { type: 'tinyint(1)' }),
    ]);
    const one = planDefinitions([{ name: 'stock', kind: 'mariadb', relations: [{ ...found, schema: 'db' }] }]);
    const files = new Map(renderDefinitions(one).map(({ path, text }) => [path, text]));
    expect(files.get('tables/stock.ts')).toContain('id: notNull(mariadb.int({ unsigned: true })),');
    expect(files.get('tables/stock.ts')).toContain('on: notNull(mariadb.boolean()),');
    expect(files.get('sources.ts')).toContain("source('stock', 'mariadb')");
  });

  it('says where the inbox is, where tables are in several databases of one server', () => {
    const sourcesOf = (kind: 'mariadb' | 'postgres', type: string, database?: string) => {
      const relations = ['north', 'south'].map((schema) => ({
        ...foundTable(`${schema}s`, [foundColumn('id', { type })]),
        schema,
      }));
      return planDefinitions([{ name: 'erp', kind, relations, database }]).sources;
    };
    expect(sourcesOf('mariadb', 'int')).toEqual([{ name: 'erp', kind: 'mariadb', inboxSchema: 'north' }]);
    expect(sourcesOf('mariadb', 'int', 'south')).toMatchObject([{ inboxSchema: 'south' }]);
    expect(sourcesOf('mariadb', 'int', 'office')).toMatchObject([{ inboxSchema: 'office' }]);
    expect(sourcesOf('postgres', 'integer')).toEqual([{ name: 'erp', kind: 'postgres' }]);
  });

  it('stores a row of very many columns as one document', () => {
    const wide = Array.from({ length: 320 }, (_, i) => `c${i}`);
    expect(viewOf(plan(foundTable('wide', wide)), 'wide').isDocument).toBe(true);
    expect(viewOf(plan(foundTable('slim', wide.slice(0, 50))), 'slim').isDocument).toBe(false);
  });
});

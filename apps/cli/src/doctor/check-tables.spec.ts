import { type Relation, RelationKind } from '@hybridge/reader-schema';
import { column, createCatalog, int4, mariadb, notNull, nullable, source, table, text, view } from '@hybridge/views';
import { foundColumn, foundTable } from '../schema/schema-fixtures.features.ts';
import { type Database, checkInbox, checkTables } from './check-tables.ts';

const things = view('things', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.things',
    primaryKey: ['id'],
    columns: { id: notNull(int4()), name: nullable(text()), unused: nullable(int4()) },
  }),
  key: { pk: ['t1', column('id')], sk: ['THING'] },
  attributes: { id: 'id', name: 'name' },
});

const NAME = foundColumn('name', { type: 'character varying', nullable: true, outOfLine: true });
const UNUSED = foundColumn('unused', { nullable: true });
const FOUND = foundTable('things', ['id', NAME, UNUSED]);

const database = (relation: Relation, more: Partial<Database> = {}): Database => ({
  ...{ kind: 'postgres', version: 170_005, relations: [relation] },
  ...more,
});

const told = (relation: Relation, more: Partial<Database> = {}, skipsUnchanged = false) =>
  checkTables(database(relation, more), [{ table: things.table, views: [things], skipsUnchanged }]).map(
    ({ severity, check, subject, fix }) => `${severity} ${check} ${subject}: ${fix}`,
  );

describe('checkTables', () => {
  it('finds nothing where the table is as defined', () => {
    expect(told(FOUND)).toEqual([]);
    expect(told({ ...FOUND, kind: RelationKind.partitioned })).toEqual([]);
  });

  it.each([
    ['a table that is gone', foundTable('other', ['id']), /^error table.missing public.things/],
    ['a view in its place', { ...FOUND, kind: RelationKind.view }, /^error table.kind/],
    ['a table without log', { ...FOUND, unlogged: true }, /^error table.unlogged .*SET LOGGED/],
    ['a table with heirs', { ...FOUND, hasHeirs: true }, /^error table.heirs/],
    [
      'another key',
      { ...FOUND, primaryKey: { name: 'k', columns: ['id', 'name'] } },
      /^error table.key .*\['id', 'name'\]/,
    ],
    ['no identity', { ...FOUND, replicaIdentity: 'nothing' as const }, /^error table.identity .*DEFAULT/],
    [
      'an identity that is not the key',
      { ...FOUND, replicaIdentity: 'index' as const, identityColumns: ['name'] },
      /^error table.identity .*DEFAULT/,
    ],
    ['rights to truncate', { ...FOUND, truncaters: ['PUBLIC', 'Night Job'] }, /^warning .*FROM PUBLIC, "Night Job"/],
    ['a column that is gone', foundTable('things', ['id', UNUSED]), /^error column.missing public.things.name/],
    ['an unused column that is gone', foundTable('things', ['id', NAME]), /^warning column.missing/],
    [
      'another type',
      foundTable('things', ['id', foundColumn('name', { type: 'jsonb', nullable: true }), UNUSED]),
      /^error column.type public.things.name: name: nullable\(jsonb\(\)\)/,
    ],
    [
      'a type no codec fits',
      foundTable('things', ['id', foundColumn('name', { type: 'point', nullable: true }), UNUSED]),
      /^error column.type .*no codec/,
    ],
    [
      'NULL where none may be',
      foundTable('things', [foundColumn('id', { nullable: true }), NAME, UNUSED]),
      /^warning column.nullable/,
    ],
  ])('finds %s', (_, relation, finding) => {
    expect(told(relation)).toEqual([expect.stringMatching(finding)]);
  });

  it('refuses generated columns in views before PostgreSQL 18', () => {
    const generated = foundTable('things', [
      'id',
      { ...NAME, generated: 'stored' },
      { ...UNUSED, generated: 'stored' },
    ]);
    expect(told(generated)).toEqual([expect.stringMatching(/^error column.generated public.things.name/)]);
    expect(told(generated, { version: 180_000 })).toEqual([expect.stringMatching(/^warning column.generated/)]);
  });

  it('wants the whole row logged where unchanged updates are skipped', () => {
    expect(told(FOUND, {}, true)).toEqual([
      expect.stringMatching(/^error table.identity-full .*REPLICA IDENTITY FULL/),
    ]);
    expect(told({ ...FOUND, replicaIdentity: 'full' }, {}, true)).toEqual([]);
  });

  it('takes a unique index only where the log identifies rows by it', () => {
    const { primaryKey: _, ...keyless } = FOUND;
    const unique = { ...keyless, uniqueKeys: [{ name: 'things_u', columns: ['id'] }] };
    expect(told(keyless)).toEqual([expect.stringMatching(/ADD PRIMARY KEY \(id\)/)]);
    expect(told(unique)).toEqual([expect.stringMatching(/REPLICA IDENTITY USING INDEX things_u/)]);
    expect(told({ ...unique, replicaIdentity: 'index', identityColumns: ['id'] })).toEqual([]);
  });

  it('knows the types of MariaDB, and no identity there', () => {
    const stock = view('stock', {
      table: table({
        source: source('stock', 'mariadb'),
        name: 'db.stock',
        primaryKey: ['id'],
        columns: { id: notNull(mariadb.int({ unsigned: true })), on: notNull(mariadb.boolean()) },
      }),
      key: { pk: ['s1', column('id')], sk: ['STOCK'] },
      attributes: { id: 'id', on: 'on' },
    });
    const { replicaIdentity: _, ...found } = foundTable('stock', [
      foundColumn('id', { type: 'int unsigned' }),
      foundColumn('on', { type: 'tinyint(1)' }),
    ]);
    const defined = createCatalog([stock]).tables.map((one) => ({ table: one, views: [stock], skipsUnchanged: false }));
    const here = (more: Partial<Relation>): Database => ({
      ...{ kind: 'mariadb', version: 0 },
      relations: [{ ...found, schema: 'db', engine: 'InnoDB', ...more }],
    });
    const fixes = (more: Partial<Relation>) =>
      checkTables(here(more), defined).map(({ check, fix }) => `${check}: ${fix}`);
    expect(fixes({})).toEqual([]);
    expect(fixes({ engine: 'MyISAM' })).toEqual(['table.engine: ALTER TABLE db.stock ENGINE = InnoDB']);
    const foreignKey = {
      name: 'fk',
      columns: ['on'],
      references: { schema: 'db', table: 'order', columns: ['id'] },
      cascades: ['ON DELETE CASCADE'],
    };
    expect(fixes({ foreignKeys: [foreignKey] })).toEqual([
      'table.cascade: ALTER TABLE db.stock DROP FOREIGN KEY fk; ALTER TABLE db.stock ADD CONSTRAINT fk FOREIGN KEY (`on`) ' +
        'REFERENCES db.`order` (id); and let programs change these rows first',
    ]);
    const ip = foundColumn('ip', { type: 'inet6', nullable: true });
    expect(fixes({ columns: [...found.columns, ip] })).toEqual([
      'table.unreadable: ALTER TABLE db.stock MODIFY ip varchar(45)',
    ]);
    const nullable = found.columns.map((one) => ({ ...one, declared: one.type, nullable: one.name === 'on' }));
    expect(fixes({ columns: nullable })).toEqual([
      expect.stringContaining('ALTER TABLE db.stock MODIFY `on` tinyint(1) NOT NULL'),
    ]);
    const { primaryKey: __, ...keyless } = found;
    const unique = { ...keyless, schema: 'db', uniqueKeys: [{ name: 'u', columns: ['id'] }] };
    expect(checkTables({ ...here({}), relations: [unique] }, defined)).toMatchObject([
      { check: 'table.no-key', fix: 'ALTER TABLE db.stock ADD PRIMARY KEY (id)' },
    ]);
  });
});

describe('checkInbox', () => {
  it('wants it there, and logged with the whole row', () => {
    const inbox = foundTable('hybridge_inbox', ['change_id']);
    expect(checkInbox(database(FOUND), 'public.hybridge_inbox')).toMatchObject([{ check: 'inbox.missing' }]);
    expect(checkInbox(database(inbox), 'public.hybridge_inbox')).toMatchObject([{ check: 'inbox.identity' }]);
    expect(checkInbox(database({ ...inbox, replicaIdentity: 'full' }), 'public.hybridge_inbox')).toEqual([]);
    expect(checkInbox(database(inbox, { kind: 'mariadb' }), 'public.hybridge_inbox')).toEqual([]);
  });
});

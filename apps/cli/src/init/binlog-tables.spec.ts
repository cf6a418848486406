import { type SchemaColumn, TypeShape } from '@hybridge/reader-schema';
import { SourceKind } from '@hybridge/views';
import { foundColumn, foundTable, keyOf } from '../schema/schema-fixtures.features.ts';
import type { InitPlan } from './plan.ts';
import { planDefinitions } from './plan-views.ts';

type More = Parameters<typeof foundTable>[2];

const plan = (columns: readonly SchemaColumn[], more: More = {}, kind: SourceKind = SourceKind.mariadb): InitPlan =>
  planDefinitions([
    {
      name: 'stock',
      kind,
      relations: [{ ...foundTable('order', columns, { engine: 'InnoDB', ...more }), schema: 'db' }],
    },
  ]);

const id = foundColumn('id', { type: 'int' });
const typed = (type: string, more: Partial<SchemaColumn> = {}): SchemaColumn => foundColumn('x', { type, ...more });
const refusal = (one: InitPlan): string => one.refused.map(({ reason, fix }) => `${reason}; ${fix}`).join('\n');
const notes = (one: InitPlan): readonly string[] => one.views[0]?.table.notes ?? [];

describe('tables of MariaDB and MySQL', () => {
  it.each([
    [typed('inet6', { nullable: true }), /column x is of type INET6, .* MODIFY x varchar\(45\)$/],
    [typed('inet4', { default: "'127.0.0.1'" }), /INET4.* MODIFY x varchar\(15\) NOT NULL DEFAULT '127.0.0.1'$/],
    [typed('xmltype', { nullable: true }), /XMLTYPE.* MODIFY x longtext$/],
    [
      typed('varchar', { nullable: true, declared: 'varchar(90) /*M!100301 COMPRESSED*/' }),
      /column x is COMPRESSED.*; ALTER TABLE db\.`order` MODIFY x varchar\(90\)$/,
    ],
    [typed('blob', { nullable: true, declared: 'blob /*!100301 COMPRESSED*/' }), /COMPRESSED.* MODIFY x blob$/],
  ])('refuses the whole table where a column would stop the connector: %j', (column, expected) => {
    const one = plan([id, column]);
    expect(one.views).toEqual([]);
    expect(refusal(one)).toMatch(expected);
  });

  it('takes what only looks so', () => {
    const list = typed('enum', { shape: TypeShape.enum, declared: "enum('/*M!1 COMPRESSED*/')" });
    expect(plan([id, list]).views).toHaveLength(1);
    expect(plan([foundColumn('id'), foundColumn('x', { type: 'xml' })], {}, SourceKind.postgres).views).toHaveLength(1);
  });

  it.each(['MyISAM', 'MEMORY', 'Aria'])('refuses a table of %s, and says how to change it', (engine) => {
    expect(refusal(plan([id], { engine, unlogged: engine === 'MEMORY' }))).toMatch(
      new RegExp(`engine is ${engine}: .*; ALTER TABLE db\\.\`order\` ENGINE = InnoDB$`),
    );
  });

  it('names columns in statements as the server takes them', () => {
    const {
      primaryKey: _,
      replicaIdentity: __,
      ...keyless
    } = foundTable('order', [foundColumn('key', { type: 'int' })], {
      uniqueKeys: [{ name: 'u', columns: ['key'] }],
    });
    const one = planDefinitions([{ name: 'stock', kind: 'mysql', relations: [{ ...keyless, schema: 'db' }] }]);
    expect(refusal(one)).toContain('ALTER TABLE db.`order` ADD PRIMARY KEY (`key`)');
  });

  it('says what zero dates and the year 0 become, where a column may hold them', () => {
    const columns = [
      ...[id, foundColumn('due', { type: 'date', nullable: true }), foundColumn('since', { type: 'datetime' })],
      ...[foundColumn('seen', { type: 'timestamp' }), foundColumn('built', { type: 'year' })],
    ];
    const year = 'Of built the year 0 is 2000 until its row changes.';
    expect(notes(plan(columns))).toEqual([
      'A zero date (0000-00-00) is NULL in due and seen.',
      'A zero date (0000-00-00) is 1970-01-01 in since.',
      year,
    ]);
    expect(notes(plan(columns, {}, SourceKind.mysql))).toEqual([year]);
    const old = foundColumn('since', { type: 'datetime', default: '0000-00-00 00:00:00' });
    expect(notes(plan([id, old], {}, SourceKind.mysql))).toEqual(['A zero date (0000-00-00) is 1970-01-01 in since.']);
  });

  it('says what is special of keys and of FLOAT', () => {
    const key = [
      foundColumn('code', { type: 'varchar', collation: 'utf8mb4_uca1400_ai_ci' }),
      foundColumn('exact', { type: 'varchar', collation: 'utf8mb4_bin' }),
      foundColumn('size', { type: 'enum', shape: TypeShape.enum }),
    ];
    const ratio = foundColumn('ratio', { type: 'float' });
    expect(notes(plan([...key, ratio], keyOf('code', 'exact', 'size')))).toEqual([
      'FLOAT has six digits, as the server prints it: ratio.',
      expect.stringMatching(/^Keys are exact: SQL compares code without regard to case/),
      expect.stringMatching(/^size is in the key by name/),
    ]);
    expect(notes(plan([id, ...key], keyOf('id')))).toEqual([]);
  });

  it('says of a foreign key what the log does not tell', () => {
    const references = { schema: 'db', table: 'other', columns: ['id'] };
    const cascades = ['ON DELETE CASCADE', 'ON UPDATE SET NULL'];
    expect(notes(plan([id], { foreignKeys: [{ name: 'fk', columns: ['id'], references, cascades }] }))).toEqual([
      'fk is ON DELETE CASCADE and ON UPDATE SET NULL, of which the log does not tell: see hybridge doctor.',
    ]);
  });
});

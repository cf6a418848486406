import {
  type Relation,
  RelationKind,
  type SchemaColumn,
  type SchemaForeignKey,
  type SchemaKey,
  type Selection,
  TypeShape,
  relationName,
} from '../relation.ts';
import { type Session, type TextRow, present } from './session.ts';

/** Databases of the server itself. */
const SYSTEM = ['information_schema', 'performance_schema', 'mysql', 'sys'];

const TABLES = `
select table_schema as \`schema\`, table_name as name, table_type as kind, table_rows as estimate,
  table_comment as comment, engine as engine
from information_schema.tables
where table_schema not in (?) and table_type in ('BASE TABLE', 'VIEW')
order by binary table_schema, binary table_name`;

const COLUMNS = `
select table_schema as \`schema\`, table_name as \`table\`, column_name as name, data_type as type,
  column_type as declared, is_nullable as nullable, extra as extra, column_default as \`default\`,
  column_comment as comment, collation_name as collation
from information_schema.columns where table_schema not in (?) order by ordinal_position`;

/** In MariaDB JSON is a text with a check: this is what tells the two apart. MySQL's list has no tables. */
const JSON_CHECKS = `
select constraint_schema as \`schema\`, table_name as \`table\`, check_clause as clause
from information_schema.check_constraints where constraint_schema not in (?) and check_clause like 'json_valid(%'`;

/** Whole columns only: a prefix of a text does not make a row unique. */
const KEYS = `
select table_schema as \`schema\`, table_name as \`table\`, index_name as name, column_name as col, sub_part as prefix
from information_schema.statistics where table_schema not in (?) and non_unique = 0
order by binary index_name, seq_in_index`;

const FOREIGN_KEYS = `
select k.table_schema as \`schema\`, k.table_name as \`table\`, k.constraint_name as name, k.column_name as col,
  k.referenced_table_schema as to_schema, k.referenced_table_name as to_table, k.referenced_column_name as to_col,
  r.delete_rule as on_delete, r.update_rule as on_update
from information_schema.key_column_usage k
join information_schema.referential_constraints r on r.constraint_schema = k.constraint_schema
  and r.table_name = k.table_name and r.constraint_name = k.constraint_name
where k.table_schema not in (?) and k.referenced_table_name is not null
order by binary k.constraint_name, k.ordinal_position`;

/** @throws SchemaReadError */
export async function readRelations(
  session: Session,
  kind: 'mariadb' | 'mysql',
  selection: Selection = {},
): Promise<readonly Relation[]> {
  const all = async (query: string): Promise<ReadonlyMap<string, readonly TextRow[]>> =>
    byTable(await session.query(query, [SYSTEM]));
  const tables = await session.query(TABLES, [SYSTEM]);
  const [columns, keys, foreignKeys] = [await all(COLUMNS), await all(KEYS), await all(FOREIGN_KEYS)];
  const checks = kind === 'mariadb' ? await all(JSON_CHECKS) : new Map<string, readonly TextRow[]>();
  return tables
    .map((row): Relation => {
      const head = headOf(row);
      const name = relationName(head);
      return {
        ...head,
        columns: (columns.get(name) ?? []).map((column) => columnOf(column, checks.get(name) ?? [])),
        ...keysOf(keys.get(name) ?? []),
        foreignKeys: foreignKeysOf(foreignKeys.get(name) ?? []),
      };
    })
    .filter((relation) => isSelected(relation, selection));
}

function isSelected(relation: Relation, { schemas, tables }: Selection): boolean {
  if (schemas !== undefined && !schemas.includes(relation.schema)) return false;
  return tables === undefined || tables.includes(relation.name) || tables.includes(relationName(relation));
}

function byTable(rows: readonly TextRow[]): ReadonlyMap<string, readonly TextRow[]> {
  const groups = new Map<string, TextRow[]>();
  for (const row of rows) {
    const name = `${row['schema']}.${row['table']}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}

/** Engines whose changes are in the log but whose rows do not last, or are somewhere else. */
const UNLOGGED_ENGINES: readonly string[] = ['MEMORY', 'BLACKHOLE'];
const FOREIGN_ENGINES: readonly string[] = ['FEDERATED', 'CONNECT', 'SPIDER', 'CSV'];

const headOf = (row: TextRow) => ({
  schema: row['schema'] as string,
  name: row['name'] as string,
  kind: kindOf(row),
  ...(row['kind'] === 'VIEW' ? {} : present('comment', row['comment'])),
  ...(row['estimate'] == null ? {} : { rows: Number(row['estimate']) }),
  ...present('engine', row['engine']),
  unlogged: UNLOGGED_ENGINES.includes(row['engine'] ?? ''),
  hasHeirs: false,
  truncaters: [],
});

function kindOf(row: TextRow): RelationKind {
  if (row['kind'] === 'VIEW') return RelationKind.view;
  return FOREIGN_ENGINES.includes(row['engine'] ?? '') ? RelationKind.foreignTable : RelationKind.table;
}

/** `tinyint(1)` is what BOOLEAN is made of, and one bit is a flag. */
const LENGTH_COUNTS: readonly string[] = ['tinyint(1)', 'bit(1)'];

/** `int unsigned` is another type than `int`. */
function columnOf(row: TextRow, jsonChecks: readonly TextRow[]): SchemaColumn {
  const isJson = jsonChecks.some(({ clause }) => clause === `json_valid(\`${row['name']}\`)`);
  const declared = isJson ? 'json' : (row['declared'] as string);
  const extra = (row['extra'] ?? '').toUpperCase();
  const base = isJson || LENGTH_COUNTS.includes(declared) ? declared : (row['type'] as string);
  return {
    name: row['name'] as string,
    type: /\bunsigned\b/.test(declared) ? `${base} unsigned` : base,
    shape: base === 'enum' ? TypeShape.enum : TypeShape.base,
    declared,
    nullable: row['nullable'] === 'YES',
    ...(/STORED GENERATED|PERSISTENT/.test(extra) ? { generated: 'stored' as const } : {}),
    ...(extra.includes('VIRTUAL GENERATED') ? { generated: 'virtual' as const } : {}),
    identity: extra.includes('AUTO_INCREMENT'),
    ...present('default', row['default'] === 'NULL' ? null : row['default']),
    ...present('comment', row['comment']),
    ...present('collation', row['collation']),
    outOfLine: false,
  };
}

function keysOf(rows: readonly TextRow[]): Pick<Relation, 'primaryKey' | 'uniqueKeys'> {
  const keys = grouped(rows)
    .filter((parts) => parts.every(({ prefix }) => prefix == null))
    .map((parts): SchemaKey => ({
      name: parts[0]?.['name'] as string,
      columns: parts.map(({ col }) => col as string),
    }));
  const primaryKey = keys.find(({ name }) => name === 'PRIMARY');
  return { ...(primaryKey === undefined ? {} : { primaryKey }), uniqueKeys: keys.filter((key) => key !== primaryKey) };
}

const foreignKeysOf = (rows: readonly TextRow[]): readonly SchemaForeignKey[] =>
  grouped(rows).map((parts) => ({
    name: parts[0]?.['name'] as string,
    columns: parts.map(({ col }) => col as string),
    references: {
      schema: parts[0]?.['to_schema'] as string,
      table: parts[0]?.['to_table'] as string,
      columns: parts.map(({ to_col }) => to_col as string),
    },
    ...cascadesOf(parts[0]),
  }));

function cascadesOf(row: TextRow | undefined): Pick<SchemaForeignKey, 'cascades'> {
  const rules = { DELETE: row?.['on_delete'], UPDATE: row?.['on_update'] };
  const cascades = Object.entries(rules).flatMap(([event, rule]) =>
    rule === 'CASCADE' || rule === 'SET NULL' || rule === 'SET DEFAULT' ? [`ON ${event} ${rule}`] : [],
  );
  return cascades.length === 0 ? {} : { cascades };
}

/** Rows of one name together, in order. */
function grouped(rows: readonly TextRow[]): readonly (readonly TextRow[])[] {
  const groups = new Map<string, TextRow[]>();
  for (const row of rows) groups.set(row['name'] as string, [...(groups.get(row['name'] as string) ?? []), row]);
  return [...groups.values()];
}

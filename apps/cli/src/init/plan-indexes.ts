import { type SchemaForeignKey, relationName } from '@hybridge/reader-schema';
import { type IndexPart, MAX_INDEXES, attribute, sortKindOf } from '@hybridge/views';
import { camelCase, entityOf, wordsOf } from './names.ts';
import type { PlannedIndex, PlannedTable } from './plan.ts';
import type { NamedTable, PlannedKey } from './plan-keys.ts';

/** As many rows as nobody minds to have in every item that refers to them. */
const MAX_LOOKUP_ROWS = 1_000;
/** A table of more columns is something people work with, however few rows it has. */
const MAX_LOOKUP_COLUMNS = 6;
/** So few rows are listed at once, without an index that every write pays for. */
const MAX_SMALL_ROWS = 100;

/** An empty table tells nothing: it may yet grow. */
const hasAtMost = ({ relation: { rows = 0 } }: PlannedTable, max: number): boolean => rows > 0 && rows <= max;

/** Whether a table is a list of names for others, rather than something with a life of its own. */
export const isLookup = (table: PlannedTable): boolean =>
  hasAtMost(table, MAX_LOOKUP_ROWS) && table.relation.columns.length <= MAX_LOOKUP_COLUMNS;

/** The same of a table that may be empty yet. */
export const isLikeLookup = (table: PlannedTable): boolean =>
  isLookup(table) || ((table.relation.rows ?? 0) === 0 && table.relation.columns.length <= MAX_LOOKUP_COLUMNS);

export const isSmall = (table: PlannedTable): boolean => hasAtMost(table, MAX_SMALL_ROWS);

/** The table of a view that a foreign key refers to. */
export const referenced = (
  tables: readonly NamedTable[],
  { source }: PlannedTable,
  { references: { schema, table } }: SchemaForeignKey,
): NamedTable | undefined =>
  tables.find((one) => one.table.source === source && relationName(one.table.relation) === `${schema}.${table}`);

/**
 * For each view at most one index: its items listed by the parent that it names first, those it must have before others.
 * Only what a reader would not get otherwise: neither by the key, nor from a list of a few rows.
 */
export function planIndexes(
  tables: readonly NamedTable[],
  keys: ReadonlyMap<string, PlannedKey>,
): ReadonlyMap<string, PlannedIndex> {
  const indexes = new Map<string, PlannedIndex>();
  const names = new Set<string>();
  for (const { name, table } of bySize(tables)) {
    if (isSmall(table)) continue;
    const key = keys.get(name) as PlannedKey;
    const index = candidates(table, key)
      .filter((foreignKey) => isOfEntity(tables, table, foreignKey))
      .map((foreignKey) => indexBy(tables, { name, table }, { key, foreignKey }))
      .find((one) => one !== undefined);
    if (index === undefined || (names.size === MAX_INDEXES && !names.has(index.name))) continue;
    names.add(index.name);
    indexes.set(name, index);
  }
  return indexes;
}

/** Where not all can have an index, the largest have. */
const bySize = (tables: readonly NamedTable[]): readonly NamedTable[] =>
  [...tables].sort((a, b) => (b.table.relation.rows ?? 0) - (a.table.relation.rows ?? 0));

/** In the order in which the table names them, those that are never NULL before the others. */
function candidates({ relation }: PlannedTable, { parent }: PlannedKey): readonly SchemaForeignKey[] {
  const place = (name: string | undefined): number => relation.columns.findIndex((column) => column.name === name);
  const rank = ({ columns }: SchemaForeignKey): number => {
    const isRequired = columns.every((name) => relation.columns[place(name)]?.nullable === false);
    return place(columns[0]) + (isRequired ? 0 : relation.columns.length);
  };
  return relation.foreignKeys
    .filter((foreignKey) => foreignKey !== parent?.foreignKey)
    .sort((a, b) => rank(a) - rank(b));
}

function isOfEntity(tables: readonly NamedTable[], table: PlannedTable, foreignKey: SchemaForeignKey): boolean {
  const parent = referenced(tables, table, foreignKey);
  return parent !== undefined && parent.table !== table && !isLookup(parent.table);
}

/** The index that lists items by a reference; undefined where a part of its keys is of a type without order. */
export function indexBy(
  tables: readonly NamedTable[],
  { table }: NamedTable,
  { key: { entity, attributes }, foreignKey }: { readonly key: PlannedKey; readonly foreignKey: SchemaForeignKey },
): PlannedIndex | undefined {
  const parent = referenced(tables, table, foreignKey);
  if (parent === undefined) return undefined;
  const { columns } = foreignKey;
  const own = table.primaryKey.filter((name) => !columns.includes(name));
  const sorted = own.length === 0 ? table.primaryKey : own;
  if (![...columns, ...sorted].every((name) => isSortable(table, name))) return undefined;
  const part = (name: string): IndexPart => attribute(attributes.get(name) as string);
  return {
    name: indexName(table, foreignKey, parent.name),
    foreignKey,
    parent: parent.name,
    moving: columns.filter((name) => !table.primaryKey.includes(name)),
    pk: [entity, ...columns.map(part)],
    sk: sorted.map(part),
  };
}

function isSortable({ columns }: PlannedTable, name: string): boolean {
  const sqlType = columns.find((one) => one.name === name)?.codec.sqlType;
  return sqlType !== undefined && sortKindOf(sqlType) !== undefined;
}

/** `byCustomer`; where a table refers to another more than once, after the column: `byBillingAddress`. */
function indexName({ relation }: PlannedTable, { columns, references }: SchemaForeignKey, parent: string): string {
  const { length } = relation.foreignKeys.filter(
    (one) => one.references.schema === references.schema && one.references.table === references.table,
  );
  const words = length > 1 ? columns.flatMap(withoutId) : wordsOf(entityOf(parent));
  // DynamoDB takes ASCII only.
  const name = camelCase(
    `by ${words
      .join(' ')
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9 ]/g, '')}`,
    'by',
  ).slice(0, 100);
  return name === 'by' ? 'byParent' : name;
}

/** `customer` of `customer_id`. */
export function withoutId(column: string): readonly string[] {
  const words = wordsOf(column);
  return words.length > 1 && words.at(-1) === 'id' ? words.slice(0, -1) : words;
}

import type { SchemaForeignKey } from '@hybridge/reader-schema';
import { inWords } from './names.ts';
import type { PlannedTable } from './plan.ts';

/**
 * Why the columns of a foreign key do not name the item of the row they refer to; undefined: they do. Items are found by
 * texts, so what SQL calls equal must be of equal text.
 */
export const linkProblem = (
  child: PlannedTable,
  parent: PlannedTable,
  foreignKey: SchemaForeignKey,
): string | undefined =>
  keyProblem(parent, foreignKey) ??
  columnProblem(child, foreignKey) ??
  typeProblem(child, parent, foreignKey) ??
  caseProblem(child, parent, foreignKey);

/** For each column of the parent's primary key, in its order, the child's that holds it. */
export const columnsOfKey = (
  { primaryKey }: PlannedTable,
  { columns, references }: SchemaForeignKey,
): readonly string[] => primaryKey.map((name) => columns[references.columns.indexOf(name)] as string);

function keyProblem({ primaryKey }: PlannedTable, { references }: SchemaForeignKey): string | undefined {
  const isKey =
    references.columns.length === primaryKey.length && primaryKey.every((name) => references.columns.includes(name));
  return isKey
    ? undefined
    : `it refers to ${inWords(references.columns)}, and rows are found by ${inWords(primaryKey)} only`;
}

function columnProblem({ columns, leftOut }: PlannedTable, foreignKey: SchemaForeignKey): string | undefined {
  const lost = leftOut.find(({ name }) => foreignKey.columns.includes(name));
  if (lost !== undefined) return `${lost.name} is left out: ${lost.reason}`;
  const unfit = columns.find(({ name, codec }) => codec.noKey !== undefined && foreignKey.columns.includes(name));
  return unfit === undefined ? undefined : `${unfit.name} cannot name a row: ${unfit.codec.noKey}`;
}

function typeProblem(
  child: PlannedTable,
  parent: PlannedTable,
  { columns, references }: SchemaForeignKey,
): string | undefined {
  const odd = columns.findIndex((name, i) => typeOf(child, name) !== typeOf(parent, references.columns[i] as string));
  if (odd === -1) return undefined;
  const [own, other] = [declaredOf(child, columns[odd]), declaredOf(parent, references.columns[odd])];
  return `${columns[odd]} is ${own} and what it refers to ${other}, whose texts may differ`;
}

const declaredOf = ({ relation }: PlannedTable, name: string | undefined): string =>
  relation.columns.find((one) => one.name === name)?.declared ?? 'of no type';

const WHOLE_NUMBER = /int(eger)?( unsigned)?$/;

/** Types of one name give equal texts for equal values. */
export function typeOf({ relation, columns }: PlannedTable, name: string): string {
  const found = relation.columns.find((one) => one.name === name);
  const sqlType = columns.find((one) => one.name === name)?.codec.sqlType ?? '';
  const type = found?.type ?? '';
  if (WHOLE_NUMBER.test(sqlType)) return 'whole number';
  // Blanks fill a `character(5)` up, and a `character(6)` to another text; values of lists are compared by their places.
  if (['character', 'enum', 'set'].includes(type)) return found?.declared ?? type;
  return type === 'character varying' ? 'text text' : `${sqlType} ${type}`;
}

/** A collation that calls two texts equal, of a column of the foreign key. */
export function looseCollation(
  child: PlannedTable,
  parent: PlannedTable,
  { columns, references }: SchemaForeignKey,
): { readonly column: string; readonly collation: string } | undefined {
  const looseOf = ({ relation }: PlannedTable, name: string | undefined): string | undefined => {
    const { collation, type } = relation.columns.find((one) => one.name === name) ?? {};
    return collation === undefined || isExact(collation) || type === 'enum' || type === 'set' ? undefined : collation;
  };
  for (const [i, column] of columns.entries()) {
    const collation = looseOf(child, column) ?? looseOf(parent, references.columns[i]);
    if (collation !== undefined) return { column, collation };
  }
  return undefined;
}

/** Of MariaDB and MySQL the binary ones; the reader of PostgreSQL tells of none that is. */
const isExact = (collation: string): boolean => /(^binary|_bin)$/.test(collation);

function caseProblem(child: PlannedTable, parent: PlannedTable, foreignKey: SchemaForeignKey): string | undefined {
  const loose = looseCollation(child, parent, foreignKey);
  return loose === undefined
    ? undefined
    : `SQL compares ${loose.column} by ${loose.collation}, so a row in other letters would not be found`;
}

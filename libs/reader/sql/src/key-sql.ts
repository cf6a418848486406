import { type AnyView, type Row, toSqlText } from '@hybridge/views';

/** Rows between two keys, both included, in SQL's own order; an end left out is open. */
export interface KeyRange {
  readonly from?: Row | undefined;
  readonly to?: Row | undefined;
}

/** Part of a statement, with its parameters. */
interface Fragment {
  readonly text: string;
  readonly values: readonly (string | null)[];
}

interface Bounds extends KeyRange {
  readonly after?: Row;
}

export const isEmpty = ({ from, to }: KeyRange): boolean => from === undefined && to === undefined;

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const tableName = (view: AnyView): string => `${quote(view.table.schema)}.${quote(view.table.table)}`;

export const keyNames = (view: AnyView): string => primaryKey(view).map(quote).join(', ');

export const keyTexts = (view: AnyView, keyRow: Row): readonly (string | null)[] =>
  primaryKey(view).map((name) => toSqlText(view.table, name, keyRow[name] ?? { NULL: true }));

/** Parameters of the `n`th key of a statement: `$1, $2`. */
export const placeholders = (view: AnyView, n = 0): string =>
  primaryKey(view)
    .map((_, i, all) => `$${n * all.length + i + 1}`)
    .join(', ');

/** A page begins behind the last row seen, or else with the first one wanted. */
export const firstOf = (after: Row | undefined, from: Row | undefined): Bounds =>
  after === undefined ? { from } : { after };

/** ` where …` for rows inside the bounds: row comparisons, which an index on the primary key answers. */
export function pageCondition(view: AnyView, { after, from, to }: Bounds): Fragment {
  const bounds = [
    { operator: '>', row: after },
    { operator: '>=', row: from },
    { operator: '<=', row: to },
  ].flatMap(({ operator, row }) => (row === undefined ? [] : [{ operator, row }]));
  const conditions = bounds.map(({ operator }, n) => `(${keyNames(view)}) ${operator} (${placeholders(view, n)})`);
  return {
    text: conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`,
    values: bounds.flatMap(({ row }) => keyTexts(view, row)),
  };
}

/** Asks SQL where a key lies, as only SQL knows its types and collations; there need not be such a row. */
export function rangeProbe(view: AnyView, keyRow: Row, { from, to }: KeyRange): Fragment {
  // The empty subquery lends each parameter the type and the collation of its column.
  const typed = primaryKey(view)
    .map((name, i) => `coalesce($${i + 1}, (select ${quote(name)} from ${tableName(view)} limit 0)) as ${quote(name)}`)
    .join(', ');
  const bounds = [
    { operator: '>=', row: from },
    { operator: '<=', row: to },
  ].flatMap(({ operator, row }) => (row === undefined ? [] : [{ operator, row }]));
  const conditions = bounds.map(({ operator }, n) => `(${keyNames(view)}) ${operator} (${placeholders(view, n + 1)})`);
  return {
    text: `select ${conditions.join(' and ')} as within from (select ${typed}) as probe`,
    values: [...keyTexts(view, keyRow), ...bounds.flatMap(({ row }) => keyTexts(view, row))],
  };
}

const primaryKey = (view: AnyView): readonly string[] => view.table.primaryKey;

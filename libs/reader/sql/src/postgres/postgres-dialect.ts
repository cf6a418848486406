import { type AnyView, type Row, columnsOfView } from '@hybridge/views';
import { KEYS_PER_STATEMENT, chunksOf } from '../key-chunks.ts';
import { type Bounds, type KeyRange, boundsOf } from '../key-range.ts';
import { type ReadDialect, type Statement, keyTexts, primaryKey } from '../read-dialect.ts';
import { readKeys } from '../read-keys.ts';
import type { FoundRow } from '../decode-or-text.ts';
import type { RowRequest } from '../row-reader.ts';
import { visibleAmong } from './visibility.ts';

export const postgresDialect: ReadDialect = {
  byKeys: (view, keyRows) => ({
    text: `${selectOf(view)} where (${keyNames(view)}) in (${keyRows.map((_, n) => `(${placeholders(view, n)})`).join(', ')})`,
    values: keyRows.flatMap((keyRow) => keyTexts(view, keyRow)),
  }),

  page(view, bounds, limit) {
    const { text, values } = pageCondition(view, bounds);
    return { text: `${selectOf(view)}${text} order by ${keyNames(view)} limit ${limit}`, values };
  },

  within: rangeProbe,

  keysAsWritten: false,

  /** Proofs first, then the rows whose proof holds: statements of their own, hence snapshots younger than the proofs. */
  async readProven(query, view, requests) {
    const visible = await visibleAmong(
      query,
      requests.flatMap(({ proof }) => proof ?? []),
    );
    const proven = requests.filter(({ proof }) => proof === undefined || visible.has(proof));
    const rows = new Map<RowRequest, FoundRow | undefined>();
    for (const chunk of chunksOf(proven, KEYS_PER_STATEMENT)) {
      const keyRows = chunk.map(({ keyRow }) => keyRow);
      const found = await readKeys(query, postgresDialect, view, keyRows);
      chunk.forEach((request, n) => rows.set(request, found[n]));
    }
    return rows;
  },
};

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const tableName = (view: AnyView): string => `${quote(view.table.schema)}.${quote(view.table.table)}`;

const selectOf = (view: AnyView): string =>
  `select ${columnsOfView(view).map(quote).join(', ')} from ${tableName(view)}`;

const keyNames = (view: AnyView): string => primaryKey(view).map(quote).join(', ');

/** Parameters of the `n`th key of a statement: `$1, $2`. */
const placeholders = (view: AnyView, n: number): string =>
  primaryKey(view)
    .map((_, i, all) => `$${n * all.length + i + 1}`)
    .join(', ');

/** ` where …` for rows inside the bounds: row comparisons, which an index on the primary key answers. */
function pageCondition(view: AnyView, range: Bounds): Statement {
  const bounds = boundsOf(range);
  const conditions = bounds.map(({ operator }, n) => `(${keyNames(view)}) ${operator} (${placeholders(view, n)})`);
  return {
    text: conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`,
    values: bounds.flatMap(({ row }) => keyTexts(view, row)),
  };
}

/** Asks SQL where a key lies, as only SQL knows its types and collations. */
function rangeProbe(view: AnyView, keyRow: Row, range: KeyRange): Statement {
  // The empty subquery lends each parameter the type and the collation of its column.
  const typed = primaryKey(view)
    .map((name, i) => `coalesce($${i + 1}, (select ${quote(name)} from ${tableName(view)} limit 0)) as ${quote(name)}`)
    .join(', ');
  const bounds = boundsOf(range);
  const conditions = bounds.map(({ operator }, n) => `(${keyNames(view)}) ${operator} (${placeholders(view, n + 1)})`);
  return {
    text: `select ${conditions.join(' and ')} as within from (select ${typed}) as probe`,
    values: [...keyTexts(view, keyRow), ...bounds.flatMap(({ row }) => keyTexts(view, row))],
  };
}

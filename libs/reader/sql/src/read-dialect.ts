import { type AnyView, type Row, toSqlText } from '@hybridge/views';
import type { FoundRow } from './decode-or-text.ts';
import type { Bounds, KeyRange } from './key-range.ts';
import type { RowRequest } from './row-reader.ts';
import type { Query } from './sql-pool.ts';

/** A statement, or a part of one, with its parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** How one kind of database is asked for rows. */
export interface ReadDialect {
  /** The rows of these keys, in any order. */
  byKeys(view: AnyView, keyRows: readonly Row[]): Statement;
  /** At most so many rows inside the bounds, in order of the primary key. */
  page(view: AnyView, bounds: Bounds, limit: number): Statement;
  /** One row with a column `within` that is true or false; there need not be a row of the key. */
  within(view: AnyView, keyRow: Row, range: KeyRange): Statement;
  /** Whether a key is the key of rows only that have it written just so, whatever SQL calls equal. */
  readonly keysAsWritten: boolean;
  /**
   * Reads the rows whose proofs hold, or which need none. The map has no entry where a proof does not hold now; an entry
   * that is undefined where there is no row.
   * @throws SqlReadError
   */
  readProven(query: Query, view: AnyView, requests: readonly RowRequest[]): Promise<ProvenRows>;
}

export type ProvenRows = ReadonlyMap<RowRequest, FoundRow | undefined>;

export const primaryKey = (view: AnyView): readonly string[] => view.table.primaryKey;

export const keyTexts = (view: AnyView, keyRow: Row): readonly (string | null)[] =>
  primaryKey(view).map((name) => toSqlText(view.table, name, keyRow[name] ?? { NULL: true }));

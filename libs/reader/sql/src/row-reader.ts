import type { AnyView, Row } from '@hybridge/views';
import type { FoundRow } from './decode-or-text.ts';
import type { SqlReadError } from './errors.ts';
import type { KeyRange } from './key-range.ts';
import { postgresDialect } from './postgres/postgres-dialect.ts';
import type { SqlPool } from './sql-pool.ts';
import { createTableReader } from './table-reader.ts';

/** What SQL said of one row. */
export interface RowRead extends Omit<FoundRow, 'row'> {
  /** False when the transaction to prove is not visible yet; then nothing was read. */
  readonly proven: boolean;
  /** Undefined: no such row, or not proven. */
  readonly row: Row | undefined;
}

export interface ScanOptions extends KeyRange {
  /** Key columns of the last row seen; default from the beginning. */
  readonly after?: Row;
  /** Rows read at once; default 500. */
  readonly batchSize?: number;
}

/** One row of several read at once. */
export interface RowRequest {
  /** Key columns. */
  readonly keyRow: Row;
  /** As for `read`. */
  readonly proof?: string | undefined;
}

/** Rows of the source database, as views need them. */
export interface RowReader {
  /**
   * Reads one row.
   * @param keyRow key columns
   * @param proof transaction whose effects the read must include; undefined: nothing is to be proven
   * @throws SqlReadError; ViewError when a mapped column is gone
   */
  read(view: AnyView, keyRow: Row, proof?: string): Promise<RowRead>;
  /**
   * All rows in order of the primary key, a page at a time; no transaction stays open between pages. @throws as `read`
   */
  scan(view: AnyView, options?: ScanOptions): AsyncIterable<readonly FoundRow[]>;
  /**
   * Many rows in as few statements as there can be: one for the proofs, one for every 200 keys. Each row is as `read`
   * gives it, in the order of the requests. A reader without it is asked row by row. @throws as `read`
   */
  readBatch?(view: AnyView, requests: readonly RowRequest[]): Promise<readonly RowRead[]>;
  /**
   * Why a read would be refused without asking SQL; undefined: it would be let in. Left out: nothing refuses.
   * @param view whose rows would be read; needed where views are of several sources
   */
  refusal?(view?: AnyView): SqlReadError | undefined;
  /**
   * Keeps a place in line while the reader gets ready, so that it is not refused when it comes. Left out: there is no line.
   * @param view as of `refusal`
   * @throws SqlReadError when a read would be refused
   */
  reserve?(view?: AnyView): ReadPlace;
  /** Reads the primary where this reader prefers a replica: for answers that nothing proves. Left out: this reader. */
  readonly primary?: RowReader;
}

/** A place in line: the first read through it takes the place, later ones stand in line as any other. */
export interface ReadPlace extends Pick<RowReader, 'read' | 'readBatch'> {
  /** For a read that will not come; does nothing after one. */
  release(): void;
}

/** A row reader that also answers for many keys at once, as comparisons need it. */
export interface TableReader extends RowReader {
  readBatch(view: AnyView, requests: readonly RowRequest[]): Promise<readonly RowRead[]>;
  /** In the order of the keys, undefined for rows that are absent. Any number of keys. @throws as `read` */
  readMany(view: AnyView, keyRows: readonly Row[]): Promise<(FoundRow | undefined)[]>;
  /** Whether a key lies in a range by SQL's own order, row or no row. @throws SqlReadError */
  isWithin(view: AnyView, keyRow: Row, range: KeyRange): Promise<boolean>;
}

/** Reads PostgreSQL. */
export const createRowReader = ({ pool }: { readonly pool: SqlPool }): TableReader =>
  createTableReader({ pool, dialect: postgresDialect });

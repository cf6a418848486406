import { type AnyView, type Row, UnstorableValueError, columnsOfView, decodeTextRow, toSqlText } from '@hybridge/views';
import type { SqlPool, TextRow } from './sql-pool.ts';
import { isVisible } from './visibility.ts';

/** What SQL said of one row. */
export interface RowRead {
  /** False when the transaction to prove is not visible yet; then nothing was read. */
  readonly proven: boolean;
  /** Undefined: no such row, or not proven. */
  readonly row: Row | undefined;
  /** Set when DynamoDB cannot hold the row. Such values stand in `row` as text: to be shown, never to be stored. */
  readonly unstorable?: UnstorableValueError;
}

export interface ScanOptions {
  /** Key columns of the last row seen; default from the beginning. */
  readonly after?: Row;
  /** Rows read at once; default 500. */
  readonly batchSize?: number;
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
   * All rows in order of the primary key, a page at a time; no transaction stays open between pages. Values DynamoDB
   * cannot hold are given as text. @throws as `read`
   */
  scan(view: AnyView, options?: ScanOptions): AsyncIterable<readonly Row[]>;
}

const DEFAULT_BATCH_SIZE = 500;

export function createRowReader({ pool }: { readonly pool: SqlPool }): RowReader {
  return {
    read: (view, keyRow, proof) => {
      const select = `${selectOf(view)} where ${pointCondition(view)}`;
      return pool.onOneConnection(async (query) => {
        if (proof !== undefined && !(await isVisible(query, proof))) return { proven: false, row: undefined };
        // A statement of its own, hence a snapshot younger than the proof.
        const [found] = await query(select, keyTexts(view, keyRow));
        return { proven: true, ...(found === undefined ? { row: undefined } : decode(view, found)) };
      });
    },
    scan: (view, options) => scan(pool, view, options ?? {}),
  };
}

async function* scan(pool: SqlPool, view: AnyView, options: ScanOptions): AsyncIterable<readonly Row[]> {
  const batchSize = options.batchSize ?? DEFAULT_BATCH_SIZE;
  let after = options.after;
  for (;;) {
    const condition = after === undefined ? '' : ` where ${afterCondition(view)}`;
    const page = `${selectOf(view)}${condition} order by ${keyNames(view)} limit ${batchSize}`;
    const found = await pool.query(page, after === undefined ? [] : keyTexts(view, after));
    const rows = found.map((row) => decode(view, row).row);
    if (rows.length > 0) yield rows;
    if (rows.length < batchSize) return;
    after = rows.at(-1);
  }
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const primaryKey = (view: AnyView): readonly string[] => view.table.primaryKey;
const keyNames = (view: AnyView): string => primaryKey(view).map(quote).join(', ');

const selectOf = (view: AnyView): string =>
  `select ${columnsOfView(view).map(quote).join(', ')} from ${quote(view.table.schema)}.${quote(view.table.table)}`;

const pointCondition = (view: AnyView): string =>
  primaryKey(view)
    .map((name, i) => `${quote(name)} = $${i + 1}`)
    .join(' and ');

/** A row comparison, which an index on the primary key answers. */
const afterCondition = (view: AnyView): string =>
  `(${keyNames(view)}) > (${primaryKey(view)
    .map((_, i) => `$${i + 1}`)
    .join(', ')})`;

const keyTexts = (view: AnyView, keyRow: Row): readonly (string | null)[] =>
  primaryKey(view).map((name) => toSqlText(view.table, name, keyRow[name] ?? { NULL: true }));

function decode(view: AnyView, texts: TextRow): { readonly row: Row; readonly unstorable?: UnstorableValueError } {
  const names = columnsOfView(view);
  try {
    return { row: decodeTextRow(view.table, names, texts) };
  } catch (error) {
    if (!(error instanceof UnstorableValueError)) throw error;
    return { row: Object.assign({}, ...names.map((name) => decodeOrText(view, name, texts))), unstorable: error };
  }
}

function decodeOrText(view: AnyView, name: string, texts: TextRow): Row {
  try {
    return decodeTextRow(view.table, [name], texts);
  } catch (error) {
    if (!(error instanceof UnstorableValueError)) throw error;
    return { [name]: { S: texts[name] ?? '' } };
  }
}

import { type AnyView, type Row, columnsOfView } from '@hybridge/views';
import { decodeOrText } from './decode-or-text.ts';
import {
  type KeyRange,
  firstOf,
  isEmpty,
  keyNames,
  keyTexts,
  pageCondition,
  placeholders,
  quote,
  rangeProbe,
  tableName,
} from './key-sql.ts';
import type { FoundRow } from './decode-or-text.ts';
import type { SqlPool } from './sql-pool.ts';
import { isVisible } from './visibility.ts';

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
}

/** A row reader that also answers for many keys at once, as comparisons need it. */
export interface TableReader extends RowReader {
  /** In the order of the keys, undefined for rows that are absent. Any number of keys. @throws as `read` */
  readMany(view: AnyView, keyRows: readonly Row[]): Promise<(FoundRow | undefined)[]>;
  /** Whether a key lies in a range by SQL's own order, row or no row. @throws SqlReadError */
  isWithin(view: AnyView, keyRow: Row, range: KeyRange): Promise<boolean>;
}

const DEFAULT_BATCH_SIZE = 500;
/** Keys named in one statement. */
const KEYS_PER_STATEMENT = 200;

export function createRowReader({ pool }: { readonly pool: SqlPool }): TableReader {
  return {
    read: (view, keyRow, proof) => {
      const select = `${selectOf(view)} where (${keyNames(view)}) = (${placeholders(view)})`;
      return pool.onOneConnection(async (query) => {
        if (proof !== undefined && !(await isVisible(query, proof))) return { proven: false, row: undefined };
        // A statement of its own, hence a snapshot younger than the proof.
        const [found] = await query(select, keyTexts(view, keyRow));
        return { proven: true, ...(found === undefined ? { row: undefined } : decodeOrText(view, found)) };
      });
    },
    scan: (view, options) => scan(pool, view, options ?? {}),
    async readMany(view, keyRows) {
      const found: (FoundRow | undefined)[] = [];
      for (let start = 0; start < keyRows.length; start += KEYS_PER_STATEMENT) {
        found.push(...(await readKeys(pool, view, keyRows.slice(start, start + KEYS_PER_STATEMENT))));
      }
      return found;
    },
    async isWithin(view, keyRow, range) {
      if (isEmpty(range)) return true;
      const { text, values } = rangeProbe(view, keyRow, range);
      const [answer] = await pool.query(text, values);
      return answer?.['within'] === 't';
    },
  };
}

async function* scan(pool: SqlPool, view: AnyView, options: ScanOptions): AsyncIterable<readonly FoundRow[]> {
  const batchSize = options.batchSize ?? DEFAULT_BATCH_SIZE;
  let after = options.after;
  for (;;) {
    const { text, values } = pageCondition(view, { ...firstOf(after, options.from), to: options.to });
    const page = `${selectOf(view)}${text} order by ${keyNames(view)} limit ${batchSize}`;
    const rows = (await pool.query(page, values)).map((row) => decodeOrText(view, row));
    if (rows.length > 0) yield rows;
    if (rows.length < batchSize) return;
    after = rows.at(-1)?.row;
  }
}

async function readKeys(pool: SqlPool, view: AnyView, keyRows: readonly Row[]): Promise<(FoundRow | undefined)[]> {
  const keys = keyRows.map((_, i) => `(${placeholders(view, i)})`).join(', ');
  const select = `${selectOf(view)} where (${keyNames(view)}) in (${keys})`;
  const texts = keyRows.map((keyRow) => keyTexts(view, keyRow));
  const rows = (await pool.query(select, texts.flat())).map((row) => decodeOrText(view, row));
  const byKey = new Map(rows.map((found) => [JSON.stringify(keyTexts(view, found.row)), found]));
  return texts.map((key) => byKey.get(JSON.stringify(key)));
}

const selectOf = (view: AnyView): string =>
  `select ${columnsOfView(view).map(quote).join(', ')} from ${tableName(view)}`;

import { type AnyView, type Row, columnsOfView } from '@hybridge/views';
import { decodeOrText } from './decode-or-text.ts';
import { KEYS_PER_STATEMENT, chunksOf } from './key-chunks.ts';
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
import type { SqlReadError } from './errors.ts';
import type { Query, SqlPool } from './sql-pool.ts';
import { isVisible, visibleAmong } from './visibility.ts';

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
  /** Why a read would be refused without asking SQL; undefined: it would be let in. Left out: nothing refuses. */
  refusal?(): SqlReadError | undefined;
  /** Reads the primary where this reader prefers a replica: for answers that nothing proves. Left out: this reader. */
  readonly primary?: RowReader;
}

/** A row reader that also answers for many keys at once, as comparisons need it. */
export interface TableReader extends RowReader {
  readBatch(view: AnyView, requests: readonly RowRequest[]): Promise<readonly RowRead[]>;
  /** In the order of the keys, undefined for rows that are absent. Any number of keys. @throws as `read` */
  readMany(view: AnyView, keyRows: readonly Row[]): Promise<(FoundRow | undefined)[]>;
  /** Whether a key lies in a range by SQL's own order, row or no row. @throws SqlReadError */
  isWithin(view: AnyView, keyRow: Row, range: KeyRange): Promise<boolean>;
}

const DEFAULT_BATCH_SIZE = 500;

export function createRowReader({ pool }: { readonly pool: SqlPool }): TableReader {
  return {
    read: (view, keyRow, proof) =>
      pool.onOneConnection(async (query) => {
        if (proof !== undefined && !(await isVisible(query, proof))) return { proven: false, row: undefined };
        // A statement of its own, hence a snapshot younger than the proof.
        return { proven: true, ...((await readKey(query, view, keyRow)) ?? { row: undefined }) };
      }),
    readBatch: (view, requests) => pool.onOneConnection((query) => readBatch(query, view, requests)),
    scan: (view, options) => scan(pool, view, options ?? {}),
    async readMany(view, keyRows) {
      const found: (FoundRow | undefined)[] = [];
      for (const chunk of chunksOf(keyRows, KEYS_PER_STATEMENT))
        found.push(...(await readKeys(pool.query, view, chunk)));
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

/** Proofs first, then the rows whose proof holds: statements of their own, hence snapshots younger than the proofs. */
async function readBatch(query: Query, view: AnyView, requests: readonly RowRequest[]): Promise<RowRead[]> {
  const visible = await visibleAmong(
    query,
    requests.flatMap(({ proof }) => proof ?? []),
  );
  const isProven = ({ proof }: RowRequest): boolean => proof === undefined || visible.has(proof);
  const proven = requests.filter(isProven);
  const found: (FoundRow | undefined)[] = [];
  for (const chunk of chunksOf(proven, KEYS_PER_STATEMENT)) {
    const keyRows = chunk.map(({ keyRow }) => keyRow);
    found.push(...(await readKeys(query, view, keyRows)));
  }
  let next = 0;
  return requests.map((request) =>
    isProven(request) ? { proven: true, ...(found[next++] ?? { row: undefined }) } : { proven: false, row: undefined },
  );
}

async function readKeys(query: Query, view: AnyView, keyRows: readonly Row[]): Promise<(FoundRow | undefined)[]> {
  const keys = keyRows.map((_, i) => `(${placeholders(view, i)})`).join(', ');
  const select = `${selectOf(view)} where (${keyNames(view)}) in (${keys})`;
  const texts = keyRows.map((keyRow) => keyTexts(view, keyRow));
  const rows = (await query(select, texts.flat())).map((row) => decodeOrText(view, row));
  const byKey = new Map(rows.map((found) => [JSON.stringify(keyTexts(view, found.row)), found]));
  const asked = new Set(texts.map((key) => JSON.stringify(key)));
  // SQL may call keys equal that are written differently (`char(n)`, `citext`): then each is asked for by itself.
  const areWrittenAlike = [...byKey.keys()].every((key) => asked.has(key));
  const found = texts.map((key) => byKey.get(JSON.stringify(key)));
  if (areWrittenAlike) return found;
  for (const [i, keyRow] of keyRows.entries()) found[i] ??= await readKey(query, view, keyRow);
  return found;
}

async function readKey(query: Query, view: AnyView, keyRow: Row): Promise<FoundRow | undefined> {
  const select = `${selectOf(view)} where (${keyNames(view)}) = (${placeholders(view)})`;
  const [found] = await query(select, keyTexts(view, keyRow));
  return found === undefined ? undefined : decodeOrText(view, found);
}

const selectOf = (view: AnyView): string =>
  `select ${columnsOfView(view).map(quote).join(', ')} from ${tableName(view)}`;

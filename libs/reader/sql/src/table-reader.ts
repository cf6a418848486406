import type { AnyView } from '@hybridge/views';
import { type FoundRow, decodeOrText } from './decode-or-text.ts';
import { KEYS_PER_STATEMENT, chunksOf } from './key-chunks.ts';
import { firstOf, isEmpty } from './key-range.ts';
import type { ReadDialect } from './read-dialect.ts';
import { readKeys } from './read-keys.ts';
import type { RowRead, RowRequest, ScanOptions, TableReader } from './row-reader.ts';
import type { Query, SqlPool } from './sql-pool.ts';

interface TableReaderDeps {
  readonly pool: SqlPool;
  readonly dialect: ReadDialect;
}

const DEFAULT_BATCH_SIZE = 500;

export function createTableReader({ pool, dialect }: TableReaderDeps): TableReader {
  const readBatch = (view: AnyView, requests: readonly RowRequest[]): Promise<RowRead[]> =>
    pool.onOneConnection((query) => readProven(query, dialect, view, requests));
  return {
    readBatch,
    read: async (view, keyRow, proof) => (await readBatch(view, [{ keyRow, proof }]))[0] as RowRead,
    scan: (view, options) => scan({ pool, dialect }, view, options ?? {}),
    async readMany(view, keyRows) {
      const found: (FoundRow | undefined)[] = [];
      for (const chunk of chunksOf(keyRows, KEYS_PER_STATEMENT))
        found.push(...(await readKeys(pool.query, dialect, view, chunk)));
      return found;
    },
    async isWithin(view, keyRow, range) {
      if (isEmpty(range)) return true;
      const { text, values } = dialect.within(view, keyRow, range);
      const [answer] = await pool.query(text, values);
      return answer?.['within'] === 't' || answer?.['within'] === '1';
    },
  };
}

async function* scan(
  { pool, dialect }: TableReaderDeps,
  view: AnyView,
  options: ScanOptions,
): AsyncIterable<readonly FoundRow[]> {
  const batchSize = options.batchSize ?? DEFAULT_BATCH_SIZE;
  let after = options.after;
  for (;;) {
    const bounds = { ...firstOf(after, options.from), to: options.to };
    const { text, values } = dialect.page(view, bounds, batchSize);
    const rows = (await pool.query(text, values)).map((row) => decodeOrText(view, row));
    if (rows.length > 0) yield rows;
    if (rows.length < batchSize) return;
    after = rows.at(-1)?.row;
  }
}

async function readProven(
  query: Query,
  dialect: ReadDialect,
  view: AnyView,
  requests: readonly RowRequest[],
): Promise<RowRead[]> {
  const rows = await dialect.readProven(query, view, requests);
  return requests.map((request) =>
    rows.has(request)
      ? { proven: true, ...(rows.get(request) ?? { row: undefined }) }
      : { proven: false, row: undefined },
  );
}

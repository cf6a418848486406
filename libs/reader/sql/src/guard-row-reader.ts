import type { AnyView, Row } from '@hybridge/views';
import type { FoundRow } from './decode-or-text.ts';
import type { SqlReadError } from './errors.ts';
import { KEYS_PER_STATEMENT, chunksOf } from './key-chunks.ts';
import type { ReadPlace, RowReader, RowRequest, TableReader } from './row-reader.ts';
import type { SqlBreaker } from './sql-breaker.ts';
import type { SqlBudget, SqlPlace } from './sql-budget.ts';

/** What stands in front of a database; share one between all readers of the same server. */
export interface SqlGuard {
  readonly budget?: SqlBudget;
  readonly breaker?: SqlBreaker;
}

/**
 * The same reader, which asks SQL only as often as the budget allows and not at all while the breaker is open. A scan
 * passes by: it belongs to comparisons, which set their own pace.
 */
export function guardRowReader(rows: TableReader, guard: SqlGuard): TableReader;
export function guardRowReader(rows: RowReader, guard: SqlGuard): RowReader;
export function guardRowReader(rows: RowReader | TableReader, guard: SqlGuard): RowReader | TableReader {
  const refusal = (): SqlReadError | undefined => guard.breaker?.refusal() ?? guard.budget?.refusal();
  const run = guarded(guard);
  return {
    ...rows,
    refusal,
    reserve: () => reservePlace(rows, guard),
    ...rowMethods(rows, run),
    ...('readMany' in rows ? tableMethods(rows, run) : {}),
    ...(rows.primary === undefined ? {} : { primary: guardRowReader(rows.primary, guard) }),
  };
}

type Run = <T>(task: () => Promise<T>, statements: number) => Promise<T>;

/**
 * Refused before it stands in line while the breaker is open, and again when its turn comes.
 * @param place where the first task stands in line; default at the end
 */
function guarded({ budget, breaker }: SqlGuard, place?: SqlPlace): Run {
  let reserved = place;
  return async (task, statements) => {
    const refused = breaker?.refusal();
    const tried = breaker === undefined ? task : () => breaker.run(task);
    const line = reserved ?? budget;
    if (line === undefined || refused !== undefined) return tried();
    reserved = undefined;
    return line.run(tried, statements);
  };
}

function reservePlace(rows: RowReader, guard: SqlGuard): ReadPlace {
  const refused = guard.breaker?.refusal();
  if (refused !== undefined) throw refused;
  const place = guard.budget?.reserve();
  return { ...rowMethods(rows, guarded(guard, place)), release: () => place?.release() };
}

const rowMethods = ({ read, readBatch }: RowReader, run: Run): Pick<RowReader, 'read' | 'readBatch'> => ({
  read: (view, keyRow, proof) => run(() => read(view, keyRow, proof), statementsOf([{ keyRow, proof }])),
  ...(readBatch === undefined ? {} : { readBatch: batches(readBatch, run) }),
});

const batches =
  (readBatch: TableReader['readBatch'], run: Run): TableReader['readBatch'] =>
  async (view, requests) =>
    (await inChunks(requests, (chunk) => run(() => readBatch(view, chunk), statementsOf(chunk)))).flat();

const tableMethods = (rows: TableReader, run: Run): Pick<TableReader, 'readMany' | 'isWithin'> => ({
  readMany: async (view: AnyView, keyRows: readonly Row[]): Promise<(FoundRow | undefined)[]> =>
    (await inChunks(keyRows, (chunk) => run(() => rows.readMany(view, chunk), 1))).flat(),
  isWithin: (view, keyRow, range) => run(() => rows.isWithin(view, keyRow, range), 1),
});

/** One statement for rows of at most one chunk, and one for their proofs. */
const statementsOf = (requests: readonly RowRequest[]): number =>
  requests.some(({ proof }) => proof !== undefined) ? 2 : 1;

const inChunks = <T, R>(all: readonly T[], task: (chunk: readonly T[]) => Promise<R>): Promise<R[]> =>
  Promise.all(chunksOf(all, KEYS_PER_STATEMENT).map(task));

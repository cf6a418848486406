import type { AnyView } from '@hybridge/views';
import type { FoundRow } from '../decode-or-text.ts';
import { SqlReadError } from '../errors.ts';
import { KEYS_PER_STATEMENT, chunksOf } from '../key-chunks.ts';
import type { ProvenRows, ReadDialect } from '../read-dialect.ts';
import { readKeys } from '../read-keys.ts';
import type { RowRequest } from '../row-reader.ts';
import type { Query } from '../sql-pool.ts';
import { coveredAmong } from './covered.ts';
import { isLocked } from './server-error.ts';

interface Asked {
  readonly query: Query;
  readonly dialect: ReadDialect;
  readonly kind: 'mariadb' | 'mysql';
}

/**
 * A change can be read from the binary log before its commit is visible: the log is written first, and a commit may wait
 * behind it for other commits or for a replica. Whoever wrote the row holds its lock until then. So a row is proven when
 * the transaction is in this server's log and a locking read gets the row's lock, or finds no row, at once. It never
 * waits, and so can make no other transaction wait for it in a circle.
 * @throws SqlReadError
 */
export async function readProven(asked: Asked, view: AnyView, requests: readonly RowRequest[]): Promise<ProvenRows> {
  const proofs = requests.flatMap(({ proof }) => proof ?? []);
  const covered = await coveredAmong(asked.query, asked.kind, proofs);
  const rows = new Map<RowRequest, FoundRow | undefined>();
  const free = requests.filter(({ proof }) => proof === undefined);
  for (const chunk of chunksOf(free, KEYS_PER_STATEMENT)) await read(asked, view, chunk, rows);
  const locking = requests.filter(({ proof }) => proof !== undefined && covered.has(proof));
  for (const chunk of chunksOf(locking, KEYS_PER_STATEMENT)) await readLocking(asked, view, chunk, rows);
  return rows;
}

type Rows = Map<RowRequest, FoundRow | undefined>;

async function read(
  { query, dialect }: Pick<Asked, 'query' | 'dialect'>,
  view: AnyView,
  requests: readonly RowRequest[],
  rows: Rows,
): Promise<void> {
  const keyRows = requests.map(({ keyRow }) => keyRow);
  const found = await readKeys(query, dialect, view, keyRows);
  requests.forEach((request, n) => rows.set(request, found[n]));
}

/** Locks end with their statement. A key whose row is locked has no entry in `rows` then. */
async function readLocking(asked: Asked, view: AnyView, requests: readonly RowRequest[], rows: Rows): Promise<void> {
  const dialect = lockingDialect(asked);
  try {
    await read({ query: asked.query, dialect }, view, requests, rows);
  } catch (error) {
    if (!(error instanceof SqlReadError) || !isLocked(error.cause)) throw error;
    if (requests.length === 1) return;
    // One lock is enough to fail the statement: the halves find out whose.
    const half = Math.ceil(requests.length / 2);
    await readLocking(asked, view, requests.slice(0, half), rows);
    await readLocking(asked, view, requests.slice(half), rows);
  }
}

const lockingDialect = ({ dialect, kind }: Asked): ReadDialect => ({
  ...dialect,
  byKeys: (view, keyRows) => {
    const { text, values } = dialect.byKeys(view, keyRows);
    return { text: `${text} ${kind === 'mysql' ? 'for share nowait' : 'lock in share mode nowait'}`, values };
  },
});

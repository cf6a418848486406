import type { Source } from '@hybridge/views';
import { createMariadbDialect } from './mariadb/mariadb-dialect.ts';
import { createMariadbPool } from './mariadb/mariadb-pool.ts';
import { isMariadbPrimary } from './mariadb/mariadb-primary.ts';
import { isPrimary } from './primary.ts';
import type { SourceReader } from './readers-by-source.ts';
import { createRowReader } from './row-reader.ts';
import { type SqlPool, type SqlPoolOptions, createSqlPool } from './sql-pool.ts';
import { createTableReader } from './table-reader.ts';

export interface RowReaderOptions extends SqlPoolOptions {
  readonly source: Source;
}

/** Reads one source database, until it is disposed of. */
export interface ConnectedRowReader extends SourceReader, AsyncDisposable {
  /** The connections it reads through. */
  readonly pool: SqlPool;
}

/** Connects lazily: a database that is down shows at the first read. */
export function connectRowReader({ source: { kind }, ...options }: RowReaderOptions): ConnectedRowReader {
  const isPostgres = kind === 'postgres';
  const pool = isPostgres ? createSqlPool(options) : createMariadbPool({ ...options, kind });
  const rows = isPostgres
    ? createRowReader({ pool })
    : createTableReader({ pool, dialect: createMariadbDialect(kind) });
  return {
    ...rows,
    pool,
    isPrimary: () => (isPostgres ? isPrimary(pool) : isMariadbPrimary(pool)),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

import pg from 'pg';

/** Connections to one PostgreSQL database. Values come and go as texts: no number ever passes through a float. */
export type SqlPool = Pick<pg.Pool, 'connect' | 'query'> & AsyncDisposable;

export interface SqlPoolOptions {
  /** `postgresql://user:password@host:port/database` */
  readonly url: string;
  /** Most connections at once; default 8. */
  readonly max?: number;
  /** As `pg_stat_activity` shows it. */
  readonly applicationName: string;
  /** Longest time of one statement, milliseconds; default 15 000. */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a lock, milliseconds; default 5 000. */
  readonly lockTimeoutMs?: number;
  /** Hears of errors of connections nobody uses at that moment; they are replaced by themselves. */
  readonly onIdleError?: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Added to the server's own limit, so that only a connection that died silently is cut off by the client. */
const SILENCE_MS = 5_000;

/** How values look as text, whatever the defaults of the server or role. */
const SESSION =
  '-c timezone=UTC -c datestyle=ISO,YMD -c intervalstyle=iso_8601 -c bytea_output=hex -c extra_float_digits=1';

export function createSqlPool(options: SqlPoolOptions): SqlPool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 15_000;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? 8,
    application_name: options.applicationName,
    options: SESSION,
    statement_timeout: statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs ?? 5_000,
    idle_in_transaction_session_timeout: statementTimeoutMs * 2,
    query_timeout: statementTimeoutMs + SILENCE_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser: () => (value: string) => value },
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.end() });
}

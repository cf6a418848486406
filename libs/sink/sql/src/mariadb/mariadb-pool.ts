import type { TypeCastField } from 'mysql2';
import { type Pool, type PoolConnection, createPool } from 'mysql2/promise';
import type { SqlPoolOptions } from '../postgres/sql-pool.ts';

export interface MariadbPoolOptions extends SqlPoolOptions {
  readonly kind: 'mariadb' | 'mysql';
}

/** Connections to one MariaDB or MySQL database. Values come and go as texts: no number ever passes through a float. */
export interface MariadbPool extends AsyncDisposable {
  /** A connection whose session is set up. @throws errors of the driver */
  connect(): Promise<PoolConnection>;
  /** Longest wait for the lock of an item, seconds. */
  readonly lockTimeoutS: number;
  /** Longest silence of the server before a connection is given up, milliseconds. */
  readonly queryTimeoutMs: number;
}

const DEFAULTS = { max: 8, statementTimeoutMs: 15_000, lockTimeoutMs: 5_000 } as const;
const CONNECT_TIMEOUT_MS = 5_000;
/** Added to the server's own limit, so that only a connection that died silently is cut off by the client. */
const SILENCE_MS = 5_000;

/** `url` is `mariadb://` or `mysql://user:password@host:port/database`. */
export function createMariadbPool(options: MariadbPoolOptions): MariadbPool {
  const statementTimeoutMs = options.statementTimeoutMs ?? DEFAULTS.statementTimeoutMs;
  const lockTimeoutS = Math.ceil((options.lockTimeoutMs ?? DEFAULTS.lockTimeoutMs) / 1_000);
  const pool = openPool(options);
  const ready = new WeakSet<object>();
  return {
    lockTimeoutS,
    queryTimeoutMs: statementTimeoutMs + SILENCE_MS,
    async connect() {
      const connection = await pool.getConnection();
      if (ready.has(connection.connection)) return connection;
      try {
        for (const text of sessionOf(options.kind, statementTimeoutMs, lockTimeoutS)) await connection.query(text);
      } catch (error) {
        connection.destroy();
        throw error;
      }
      ready.add(connection.connection);
      return connection;
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

function openPool(options: MariadbPoolOptions): Pool {
  const pool = createPool({
    uri: options.url.replace(/^mariadb:/, 'mysql:'),
    connectionLimit: options.max ?? DEFAULTS.max,
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4_bin',
    enableKeepAlive: true,
    connectAttributes: { program_name: options.applicationName },
    typeCast: (field: TypeCastField) => field.buffer()?.toString('utf8') ?? null,
  });
  // Without a listener a connection that breaks while idle would end the process.
  pool.on('connection', (connection) => {
    connection.on('error', (error: Error) => options.onIdleError?.(error));
  });
  return pool;
}

/**
 * READ COMMITTED: after waiting for a lock, the next statement sees what the other transaction left. Every value that
 * does not fit is an error, a zero in an AUTO_INCREMENT column is a zero, and backslashes are as in the driver's escapes.
 * A transaction whose client died without a word ends, and with it the lock of its item.
 */
function sessionOf(kind: 'mariadb' | 'mysql', statementTimeoutMs: number, lockTimeoutS: number): readonly string[] {
  const ofMariadb =
    `, session max_statement_time = ${statementTimeoutMs / 1_000}` +
    `, session idle_transaction_timeout = ${Math.ceil((statementTimeoutMs * 2) / 1_000)}`;
  return [
    `set session time_zone = '+00:00', session sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO', ` +
      `session foreign_key_checks = 1, session unique_checks = 1, session autocommit = 1, ` +
      `session innodb_lock_wait_timeout = ${lockTimeoutS}, session lock_wait_timeout = ${lockTimeoutS}` +
      (kind === 'mariadb' ? ofMariadb : ''),
    'set session transaction isolation level read committed, read write',
  ];
}

import type { TypeCastField } from 'mysql2';
import { type Pool, type PoolConnection, type RowDataPacket, createPool } from 'mysql2/promise';
import { toSqlReadError } from '../errors.ts';
import { answerWithin } from './answer-within.ts';
import { serverErrorOf } from './server-error.ts';
import type { Query, SqlPool, SqlPoolOptions, TextRow } from '../sql-pool.ts';

export interface MariadbPoolOptions extends SqlPoolOptions {
  readonly kind: 'mariadb' | 'mysql';
}

const DEFAULTS = { max: 10, statementTimeoutMs: 10_000, connectTimeoutMs: 5_000 } as const;

/** Added to the server's own limit, so that only a connection that died silently is cut off by the client. */
const SILENCE_MS = 5_000;
/** Longest wait for a table that is being altered, and for a row lock where a statement does not say; seconds. */
const LOCK_WAIT_S = 1;

/**
 * Every value is the text the server sent. Connects lazily: a database that is down shows at the first read.
 * `url` is `mariadb://` or `mysql://user:password@host:port/database`.
 */
export function createMariadbPool(options: MariadbPoolOptions): SqlPool {
  const pool = openPool(options);
  const statementTimeoutMs = options.statementTimeoutMs ?? DEFAULTS.statementTimeoutMs;
  const ready = new WeakSet<object>();

  /** A connection whose session is set up as the codecs rely on. */
  const connect = async (): Promise<PoolConnection> => {
    try {
      const connection = await pool.getConnection();
      if (ready.has(connection.connection)) return connection;
      await begin(connection, options, statementTimeoutMs);
      ready.add(connection.connection);
      return connection;
    } catch (error) {
      throw toSqlReadError(error, 'Cannot connect to the source database');
    }
  };

  const onOneConnection: SqlPool['onOneConnection'] = async (task) => {
    const connection = await connect();
    let broken = false;
    const query = queryOn(connection, statementTimeoutMs + SILENCE_MS, () => {
      broken = true;
    });
    try {
      return await task(query);
    } finally {
      if (broken) connection.destroy();
      else connection.release();
    }
  };

  return {
    query: (text, values) => onOneConnection((query) => query(text, values)),
    onOneConnection,
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

function openPool(options: MariadbPoolOptions): Pool {
  const pool = createPool({
    uri: options.url.replace(/^mariadb:/, 'mysql:'),
    connectionLimit: options.max ?? DEFAULTS.max,
    connectTimeout: options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs,
    charset: 'utf8mb4_bin',
    enableKeepAlive: true,
    connectAttributes: { program_name: options.applicationName },
    typeCast: textOf,
  });
  // Without a listener a connection that breaks while idle would end the process.
  pool.on('connection', (connection) => {
    connection.on('error', (error: Error) => options.onIdleError?.(error));
  });
  return pool;
}

/** The server sends every value in the character set of the session. */
const textOf = (field: TypeCastField): string | null => field.buffer()?.toString('utf8') ?? null;

/**
 * Reads only, times in UTC, backslashes as in the driver's escapes, and after waiting for a lock the row as it is then.
 * The two kinds of server name the time limit of a statement differently.
 */
async function begin(connection: PoolConnection, { kind }: MariadbPoolOptions, timeoutMs: number): Promise<void> {
  const limit = kind === 'mysql' ? `max_execution_time = ${timeoutMs}` : `max_statement_time = ${timeoutMs / 1_000}`;
  try {
    await connection.query(
      `set session time_zone = '+00:00', session sql_mode = 'STRICT_ALL_TABLES', session ${limit}, ` +
        `session innodb_lock_wait_timeout = ${LOCK_WAIT_S}, session lock_wait_timeout = ${LOCK_WAIT_S}, autocommit = 1`,
    );
    await connection.query('set session transaction isolation level read committed, read only');
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

const queryOn =
  (connection: PoolConnection, timeoutMs: number, onBroken: () => void): Query =>
  async (text, values = []) => {
    try {
      const answer = connection.query<(RowDataPacket & TextRow)[]>(text, [...values]);
      const [rows] = await answerWithin(timeoutMs, answer);
      return rows;
    } catch (error) {
      const failure = toSqlReadError(error, 'Reading the source database failed');
      // Who knows what a connection waits for that failed, or that the driver gave up on.
      if (serverErrorOf(error) === undefined) onBroken();
      throw failure;
    }
  };

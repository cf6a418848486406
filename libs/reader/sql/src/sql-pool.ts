import pg from 'pg';
import { toSqlReadError } from './errors.ts';

/** A row as the driver gives it: every value in the text form of its SQL type, NULL as null. */
export type TextRow = { readonly [column: string]: string | null };

/** One statement; every call is a transaction, and so a snapshot, of its own. @throws SqlReadError */
export type Query = (text: string, values?: readonly (string | null)[]) => Promise<readonly TextRow[]>;

/** Connections to a source database, for reading. */
export interface SqlPool extends AsyncDisposable {
  readonly query: Query;
  /** Runs statements one after the other on one connection. */
  onOneConnection<T>(task: (query: Query) => Promise<T>): Promise<T>;
}

export interface SqlPoolOptions {
  /** `postgresql://user:password@host:port/database` */
  readonly url: string;
  /** Most connections held; default 10. Also bounds how many reads run at once. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Longest a statement may run, milliseconds; default 10 000. */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a connection, milliseconds; default 5 000. */
  readonly connectTimeoutMs?: number;
  /** Told of connections that broke while idle; the pool replaces them by itself. */
  readonly onIdleError?: (error: Error) => void;
}

const DEFAULTS = { max: 10, statementTimeoutMs: 10_000, connectTimeoutMs: 5_000 } as const;

/** What the codecs rely on: times in UTC and ISO order, bytes in hex, floats in shortest exact form. Reads only. */
const SESSION =
  '-c TimeZone=UTC -c DateStyle=ISO,YMD -c IntervalStyle=iso_8601 -c bytea_output=hex -c extra_float_digits=1 ' +
  '-c default_transaction_read_only=on -c default_transaction_isolation=read\\ committed';

/** Every type stays the text the server sent. */
const AS_TEXT = { getTypeParser: () => (value: unknown) => value } as unknown as pg.CustomTypesConfig;

/** Connects lazily: a database that is down shows at the first read. */
export function createSqlPool(options: SqlPoolOptions): SqlPool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? DEFAULTS.max,
    application_name: options.applicationName,
    statement_timeout: options.statementTimeoutMs ?? DEFAULTS.statementTimeoutMs,
    connectionTimeoutMillis: options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs,
    keepAlive: true,
    options: SESSION,
    types: AS_TEXT,
  });
  // Without a listener a connection that breaks while idle would end the process.
  pool.on('error', (error) => options.onIdleError?.(error));

  const connect = async (): Promise<pg.PoolClient> => {
    try {
      return await pool.connect();
    } catch (error) {
      throw toSqlReadError(error, 'Cannot connect to the source database');
    }
  };
  const onOneConnection: SqlPool['onOneConnection'] = async (task) => {
    const client = await connect();
    let broken: Error | undefined;
    const noteBroken = (error: Error): void => void (broken = error);
    client.on('error', noteBroken); // a connection may also break between two statements
    try {
      return await task(queryOn(client));
    } finally {
      client.off('error', noteBroken);
      client.release(broken);
    }
  };
  return {
    query: (text, values) => onOneConnection((query) => query(text, values)),
    onOneConnection,
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

const queryOn =
  (client: pg.PoolClient): Query =>
  async (text, values = []) => {
    try {
      return (await client.query<TextRow>(text, [...values])).rows;
    } catch (error) {
      throw toSqlReadError(error, 'Reading the source database failed');
    }
  };

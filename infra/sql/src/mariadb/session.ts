import { type Connection, type QueryResult, type RowDataPacket, createConnection } from 'mysql2/promise';
import { SqlSetupError } from '../errors.ts';
import { urlWithoutPassword } from '../url-without-password.ts';

/** A list stands for `IN (?)`. */
export type SqlValue = string | number | string[];

/** One administrator's connection to a MariaDB or MySQL server, for as long as a set-up step takes. */
export interface MariadbSession {
  /** Which of the two the server is; they differ in a few words. */
  readonly isMariadb: boolean;
  /** The database of the URL. */
  readonly database: string;
  /** Several statements may be given at once. */
  run(sql: string, values?: readonly SqlValue[]): Promise<void>;
  rows<T extends object>(sql: string, values?: readonly SqlValue[]): Promise<readonly T[]>;
}

/** Named lock that set-up steps hold, so that two of them never run at once on one server. */
const SETUP_LOCK = 'hybridge_setup';
const LOCK_WAIT_SECONDS = 120;

/**
 * Runs a task on its own connection and closes it.
 * @param url `mariadb://user:password@host:port/database`, also with `mysql://`
 * @throws SqlSetupError `HYBRIDGE_SQL_CONNECTION_FAILED`
 */
export async function withMariadbSession<T>(url: string, task: (session: MariadbSession) => Promise<T>): Promise<T> {
  const connection = await connect(url);
  try {
    return await task(await sessionOf(connection, url));
  } finally {
    await connection.end().catch(() => {});
  }
}

/** `withMariadbSession`, alone on this server: a second set-up step waits until the first has ended. */
export const withMariadbLock = <T>(url: string, task: (session: MariadbSession) => Promise<T>): Promise<T> =>
  withMariadbSession(url, async (session) => {
    const [lock] = await session.rows<{ taken: number }>('SELECT GET_LOCK(?, ?) AS taken', [
      SETUP_LOCK,
      LOCK_WAIT_SECONDS,
    ]);
    if (lock?.taken !== 1) throw failed(url, `another set-up has not ended in ${LOCK_WAIT_SECONDS} s`);
    return task(session);
  });

async function connect(url: string): Promise<Connection> {
  try {
    const connection = await createConnection({ uri: url, multipleStatements: true });
    // The query in flight reports a lost connection; this event repeats it and would end the process.
    connection.on('error', () => {});
    return connection;
  } catch (cause) {
    throw failed(url, undefined, cause);
  }
}

async function sessionOf(connection: Connection, url: string): Promise<MariadbSession> {
  const rows = async <T extends object>(sql: string, values: readonly SqlValue[] = []): Promise<readonly T[]> => {
    const [found] = await connection.query<(T & RowDataPacket)[]>(sql, [...values]);
    return found;
  };
  const [server] = await rows<{ version: string; db: string | null }>('SELECT version() AS version, database() AS db');
  if (server?.db == null) throw failed(url, 'the address names no database');
  return {
    isMariadb: /mariadb/i.test(server.version),
    database: server.db,
    run: async (sql, values = []) => void (await connection.query<QueryResult>(sql, [...values])),
    rows,
  };
}

const failed = (url: string, reason?: string, cause?: unknown): SqlSetupError =>
  new SqlSetupError(
    'HYBRIDGE_SQL_CONNECTION_FAILED',
    `Cannot connect to ${urlWithoutPassword(url)}${reason === undefined ? '' : `: ${reason}`}.`,
    { cause },
  );

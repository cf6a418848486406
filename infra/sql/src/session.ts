import pg from 'pg';
import { SqlSetupError } from './errors.ts';
import { urlWithoutPassword } from './url-without-password.ts';

/** One administrator's connection, for as long as a set-up step takes. */
export type Session = pg.Client;

/** Advisory lock that set-up steps hold, so that two of them never run at once on one database. */
const SETUP_LOCK = 4_892_137_551;

/**
 * Runs a task on its own connection and closes it.
 * @throws SqlSetupError `HYBRIDGE_SQL_CONNECTION_FAILED`
 */
export async function withSession<T>(url: string, task: (session: Session) => Promise<T>): Promise<T> {
  const session = new pg.Client({ connectionString: url, application_name: 'hybridge-setup' });
  // The query in flight reports a lost connection; this event repeats it and would end the process.
  session.on('error', () => {});
  try {
    await session.connect();
  } catch (cause) {
    await session.end().catch(() => {});
    throw new SqlSetupError('HYBRIDGE_SQL_CONNECTION_FAILED', `Cannot connect to ${urlWithoutPassword(url)}.`, {
      cause,
    });
  }
  try {
    return await task(session);
  } finally {
    await session.end().catch(() => {});
  }
}

/** `withSession`, alone on this database: a second set-up step waits until the first has ended. */
export const withSetupLock = <T>(url: string, task: (session: Session) => Promise<T>): Promise<T> =>
  withSession(url, async (session) => {
    await session.query('SELECT pg_advisory_lock($1)', [SETUP_LOCK]);
    return task(session);
  });

export async function inTransaction<T>(session: Session, task: () => Promise<T>): Promise<T> {
  await session.query('BEGIN');
  try {
    const result = await task();
    await session.query('COMMIT');
    return result;
  } catch (error) {
    await session.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { RefusedError, SqlSinkError } from '../errors.ts';
import type { Statement } from '../statement.ts';
import type { TextRow, Transaction } from '../transaction.ts';
import { answerWithin } from './answer-within.ts';
import type { MariadbPool } from './mariadb-pool.ts';
import { refusalOf } from './refusal-of.ts';
import { serverErrorOf } from './server-error.ts';

const statement = (text: string): Statement => ({ text, values: [] });
const BEGIN = statement('START TRANSACTION READ WRITE');
const COMMIT = statement('COMMIT');
const ROLLBACK = statement('ROLLBACK');
/** The lock of the item belongs to the connection, not to the transaction: it must end behind it. */
const UNLOCK = statement('SELECT RELEASE_ALL_LOCKS()');

/** As `SqlDatabase.inTransaction`. */
export async function inTransaction<T>(pool: MariadbPool, body: (transaction: Transaction) => Promise<T>): Promise<T> {
  const connection = await pool.connect().catch((error: unknown) => {
    throw new SqlSinkError(error);
  });
  const run: Transaction['run'] = (each) => runOn(connection, pool.queryTimeoutMs, each);
  let usable = true;
  try {
    await run(BEGIN);
    const result = await body({ run });
    await run(COMMIT);
    return result;
  } catch (error) {
    usable = await canGoOn(error, () => run(ROLLBACK));
    throw error;
  } finally {
    if (usable) usable = await canGoOn(undefined, () => run(UNLOCK));
    // The server rolls back what is open on a connection that ends, and only then gives up its locks.
    if (usable) connection.release();
    else connection.destroy();
  }
}

export async function runOn(connection: PoolConnection, timeoutMs: number, { text, values }: Statement) {
  try {
    const asked = connection.query<(RowDataPacket & TextRow)[] | ResultSetHeader>(text, [...values]);
    const [answer] = await answerWithin(timeoutMs, asked);
    return Array.isArray(answer) ? { rows: answer, count: answer.length } : { rows: [], count: answer.affectedRows };
  } catch (error) {
    const refusal = refusalOf(error);
    throw refusal === undefined ? new SqlSinkError(error) : new RefusedError(refusal, error);
  }
}

/** @returns whether the connection may be used again */
async function canGoOn(error: unknown, next: () => Promise<unknown>): Promise<boolean> {
  if (error instanceof SqlSinkError && serverErrorOf(error.cause) === undefined) return false;
  try {
    await next();
    return true;
  } catch {
    return false;
  }
}

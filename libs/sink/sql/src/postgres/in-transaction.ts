import type { PoolClient } from 'pg';
import { RefusedError, SqlSinkError } from '../errors.ts';
import type { Statement } from '../statement.ts';
import type { TextRow, Transaction } from '../transaction.ts';
import { type DatabaseErrorFields, refusalOf } from './refusal-of.ts';
import type { SqlPool } from './sql-pool.ts';

/** READ COMMITTED: after waiting for a lock, the next statement sees what the other transaction left. */
const BEGIN: Statement = { text: 'BEGIN ISOLATION LEVEL READ COMMITTED', values: [] };
const COMMIT: Statement = { text: 'COMMIT', values: [] };

/**
 * Runs a body between BEGIN and COMMIT.
 *
 * @throws RefusedError when SQL refuses the change itself, SqlSinkError when it could not answer; nothing is kept then,
 *   except that after a connection lost at COMMIT nobody knows: the next try finds the inbox row or not
 */
export async function inTransaction<T>(pool: SqlPool, body: (transaction: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new SqlSinkError(error);
  });
  let lost: Error | undefined;
  const onError = (error: Error): void => {
    lost = error;
  };
  client.on('error', onError); // a connection lost between two statements must not end the process
  const transaction: Transaction = { run: (statement) => run(client, statement) };
  try {
    await transaction.run(BEGIN);
    const result = await body(transaction);
    await transaction.run(COMMIT);
    return result;
  } catch (error) {
    lost ??= await rollBack(client, error);
    throw error;
  } finally {
    client.off('error', onError);
    client.release(lost);
  }
}

async function run(client: PoolClient, statement: Statement) {
  try {
    const { rows, rowCount } = await client.query<TextRow>(statement.text, [...statement.values]);
    return { rows, count: rowCount ?? 0 };
  } catch (error) {
    const refusal = refusalOf(error as DatabaseErrorFields);
    throw refusal === undefined ? new SqlSinkError(error) : new RefusedError(refusal, error);
  }
}

/** @returns why the connection must not be used again, if so */
async function rollBack(client: PoolClient, error: unknown): Promise<Error | undefined> {
  if (error instanceof SqlSinkError && error.sqlState === undefined) return error;
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (rollbackError) {
    return rollbackError as Error;
  }
}

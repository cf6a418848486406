import { createHash } from 'node:crypto';
import { SqlSinkError } from '../errors.ts';
import type { Transaction } from '../transaction.ts';

/** Names of locks may be 64 characters long. */
const NAME_BYTES = 24;

/**
 * Takes the lock of an item for this connection. It outlives the transaction until it is released, or until the
 * connection ends: the server then rolls back first, and a COMMIT under way is carried out before.
 * @throws SqlSinkError, transient
 */
export async function lockItem(transaction: Transaction, itemKey: string, timeoutS: number): Promise<void> {
  const name = `hybridge:${createHash('sha256')
    .update(itemKey)
    .digest('hex')
    .slice(0, NAME_BYTES * 2)}`;
  const { rows } = await transaction.run({ text: `SELECT GET_LOCK(?, ${timeoutS}) AS locked`, values: [name] });
  if (rows[0]?.['locked'] !== '1') throw new SqlSinkError(notLocked(itemKey, timeoutS));
}

/** As the server says it of the lock of a row. */
const notLocked = (itemKey: string, timeoutS: number): Error =>
  Object.assign(new Error(`Others hold the lock of ${itemKey} for more than ${timeoutS} s.`), {
    errno: 1205,
    sqlState: 'HY000',
  });

import { SqlSinkError } from '../errors.ts';
import type { SqlDatabase } from '../write-dialect.ts';
import { createMariadbInbox } from './inbox.ts';
import { inTransaction, runOn } from './in-transaction.ts';
import { lockItem } from './item-lock.ts';
import type { MariadbPool } from './mariadb-pool.ts';
import { deleteRow, insertRow, lockRow, updateRow } from './statements.ts';

/** @param inboxSchema database of `hybridge_inbox`; undefined: that of the pool's connections */
export const createMariadbDatabase = (pool: MariadbPool, inboxSchema: string | undefined): SqlDatabase => ({
  dialect: {
    lockItem: (transaction, itemKey) => lockItem(transaction, itemKey, pool.lockTimeoutS),
    ...{ lockRow, updateRow, insertRow, deleteRow },
    keysAsWritten: true,
    inbox: createMariadbInbox(inboxSchema),
  },
  inTransaction: (body) => inTransaction(pool, body),
  async query(statement) {
    const connection = await pool.connect().catch((error: unknown) => {
      throw new SqlSinkError(error);
    });
    try {
      const { rows } = await runOn(connection, pool.queryTimeoutMs, statement);
      connection.release();
      return rows;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  },
});

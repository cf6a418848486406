import { SqlSinkError } from '../errors.ts';
import type { SqlDatabase } from '../write-dialect.ts';
import type { TextRow } from '../transaction.ts';
import { inTransaction } from './in-transaction.ts';
import { createPostgresInbox } from './inbox.ts';
import type { SqlPool } from './sql-pool.ts';
import { CHECK_CONSTRAINTS, deleteRow, insertRow, lockItem, lockRow, updateRow } from './statements.ts';

/** @param inboxSchema schema of `hybridge_inbox` */
export const createPostgresDatabase = (pool: SqlPool, inboxSchema: string): SqlDatabase => ({
  dialect: {
    lockItem: async (transaction, itemKey) => void (await transaction.run(lockItem(itemKey))),
    ...{ lockRow, updateRow, insertRow, deleteRow },
    checkConstraints: CHECK_CONSTRAINTS,
    keysAsWritten: false,
    inbox: createPostgresInbox(inboxSchema),
  },
  inTransaction: (body) => inTransaction(pool, body),
  query: async ({ text, values }) => {
    const { rows } = await pool.query<TextRow>(text, [...values]).catch((error: unknown) => {
      throw new SqlSinkError(error);
    });
    return rows;
  },
});

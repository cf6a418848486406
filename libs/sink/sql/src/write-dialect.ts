import type { AnyTable, AnyView, Row } from '@hybridge/views';
import type { Inbox } from './inbox.ts';
import type { Statement } from './statement.ts';
import type { TextRow, Transaction } from './transaction.ts';

/** What one kind of database is told to do. Statements throw ViewError when a value is none of its column's type. */
export interface WriteDialect {
  /**
   * Serialises everything done for one item, also while its row does not exist. Ends with the transaction.
   * @throws SqlSinkError, transient, when others hold the lock for too long
   */
  lockItem(transaction: Transaction, itemKey: string): Promise<void>;
  /** Gives the row's mapped columns. */
  lockRow(view: AnyView, keyRow: Row): Statement;
  /** Undefined when there is nothing to set. */
  updateRow(table: AnyTable, keyRow: Row, set: Row): Statement | undefined;
  insertRow(table: AnyTable, keyRow: Row, set: Row): Statement;
  deleteRow(table: AnyTable, keyRow: Row): Statement;
  /** Makes deferred constraints fail now, where the failure can still be told apart. Left out: none are deferred. */
  readonly checkConstraints?: Statement;
  /** Whether a key is that of rows only that have it written just so, whatever SQL calls equal. */
  readonly keysAsWritten: boolean;
  readonly inbox: Inbox;
}

/** Connections to one database. */
export interface SqlDatabase {
  readonly dialect: WriteDialect;
  /**
   * Runs a body between BEGIN and COMMIT.
   * @throws RefusedError when SQL refuses the change itself, SqlSinkError when it could not answer; nothing is kept then,
   *   except that after a connection lost at COMMIT nobody knows: the next try finds the inbox row or not
   */
  inTransaction<T>(body: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** One statement by itself. @throws SqlSinkError */
  query(statement: Statement): Promise<readonly TextRow[]>;
}

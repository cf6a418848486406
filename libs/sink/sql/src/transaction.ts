import type { Statement } from './statement.ts';

/** A row with each value as the database writes it. */
export type TextRow = { readonly [column: string]: string | null };

/** The connection of a running transaction. */
export interface Transaction {
  /** @throws RefusedError, SqlSinkError */
  run(statement: Statement): Promise<{ readonly rows: readonly TextRow[]; readonly count: number }>;
}

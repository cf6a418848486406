import { type Attributes, sameValue } from '@hybridge/protocol';
import { type AnyView, type Row, UnstorableValueError, columnsOfView, decodeTextRow } from '@hybridge/views';
import type { ChangeTarget } from './inbox.ts';
import type { TextRow, Transaction } from './transaction.ts';
import type { WriteDialect } from './write-dialect.ts';

/** The row under lock; undefined: there is none. */
export async function readLockedRow(
  dialect: WriteDialect,
  transaction: Transaction,
  { view, keyRow }: ChangeTarget,
): Promise<Row | undefined> {
  const { rows } = await transaction.run(dialect.lockRow(view, keyRow));
  const row = rows[0] === undefined ? undefined : storableColumns(view, rows[0]);
  return row !== undefined && dialect.keysAsWritten && !hasKey(view, row, keyRow) ? undefined : row;
}

const hasKey = (view: AnyView, row: Row, keyRow: Row): boolean =>
  (view.table.primaryKey as readonly string[]).every((name) => {
    const [found, asked] = [row[name], keyRow[name]];
    return found !== undefined && asked !== undefined && sameValue(found, asked);
  });

/** Leaves out values DynamoDB cannot hold: no customer can have seen them, so they equal no base. */
function storableColumns(view: AnyView, texts: TextRow): Row {
  const row: Record<string, Attributes[string]> = {};
  for (const name of columnsOfView(view)) {
    try {
      Object.assign(row, decodeTextRow(view.table, [name], texts));
    } catch (error) {
      if (!(error instanceof UnstorableValueError)) throw error;
    }
  }
  return row;
}

import { type AnyTable, type AnyView, type Row, columnsOfView, toSqlText } from '@hybridge/views';
import pg from 'pg';
import type { Statement } from '../statement.ts';

const quoted = (name: string): string => pg.escapeIdentifier(name);
const nameOf = (table: AnyTable): string => `${quoted(table.schema)}.${quoted(table.table)}`;
const mappedColumns = (view: AnyView): string => columnsOfView(view).map(quoted).join(', ');

/** Serialises everything done for one item, also while its row does not exist. Ends with the transaction. */
export const lockItem = (itemKey: string): Statement => ({
  text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 7))',
  values: [itemKey],
});

export function lockRow(view: AnyView, keyRow: Row): Statement {
  const key = whereKey(view.table, keyRow, 0);
  return {
    text: `SELECT ${mappedColumns(view)} FROM ${nameOf(view.table)} WHERE ${key.text} FOR UPDATE`,
    values: key.values,
  };
}

/** Undefined when there is nothing to set. */
export function updateRow(table: AnyTable, keyRow: Row, set: Row): Statement | undefined {
  const columns = Object.keys(set);
  if (columns.length === 0) return undefined;
  const key = whereKey(table, keyRow, columns.length);
  const assignments = columns.map((name, index) => `${quoted(name)} = $${index + 1}`).join(', ');
  return {
    text: `UPDATE ${nameOf(table)} SET ${assignments} WHERE ${key.text}`,
    values: [...textsOf(table, columns, set), ...key.values],
  };
}

export function insertRow(table: AnyTable, keyRow: Row, set: Row): Statement {
  const row: Row = { ...set, ...keyRow };
  const columns = Object.keys(row);
  return {
    text:
      `INSERT INTO ${nameOf(table)} (${columns.map(quoted).join(', ')}) ` +
      `VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    values: textsOf(table, columns, row),
  };
}

export function deleteRow(table: AnyTable, keyRow: Row): Statement {
  const key = whereKey(table, keyRow, 0);
  return { text: `DELETE FROM ${nameOf(table)} WHERE ${key.text}`, values: key.values };
}

/** Makes deferred constraints fail now, where the failure can still be told apart, and not at COMMIT. */
export const CHECK_CONSTRAINTS: Statement = { text: 'SET CONSTRAINTS ALL IMMEDIATE', values: [] };

/**
 * The row's mapped columns as `{e: 1, row}`, or NULL: an expression to be part of the transaction's last statement,
 * so that it sees what triggers did.
 */
export function rowImage(view: AnyView, keyRow: Row, parametersBefore: number): Statement {
  const key = whereKey(view.table, keyRow, parametersBefore);
  const row = `SELECT ${mappedColumns(view)} FROM ${nameOf(view.table)} WHERE ${key.text}`;
  return { text: `(SELECT jsonb_build_object('e', 1, 'row', to_jsonb(o)) FROM (${row}) o)`, values: key.values };
}

function whereKey(table: AnyTable, keyRow: Row, parametersBefore: number): Statement {
  const columns: readonly string[] = table.primaryKey;
  return {
    text: columns.map((name, index) => `${quoted(name)} = $${parametersBefore + index + 1}`).join(' AND '),
    values: textsOf(table, columns, keyRow),
  };
}

/** @throws ViewError when a value is none of its column's type */
function textsOf(table: AnyTable, columns: readonly string[], row: Row): (string | null)[] {
  return columns.map((name) => {
    const value = row[name];
    return value === undefined ? null : toSqlText(table, name, value);
  });
}

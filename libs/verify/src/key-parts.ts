/** How rows and items are named: in progress, in reports, on the command line. */
import { NULL } from '@hybridge/protocol';
import {
  type AnyView,
  type Row,
  addressColumns,
  decodeTextRow,
  keyFromParts,
  placeColumns,
  toSqlText,
} from '@hybridge/views';

const primaryKeyOf = (view: AnyView): readonly string[] => view.table.primaryKey;

/** The primary key of a row, and nothing else of it. */
export const keyOnly = (view: AnyView, row: Row): Row =>
  Object.fromEntries(primaryKeyOf(view).flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));

/** Whether a key row says where an item lies, of a view whose items move; else it names the row alone. */
export const isAddress = (view: AnyView, keyRow: Row): boolean =>
  view.moves && placeColumns(view).every((name) => keyRow[name] !== undefined);

/** A key row as texts: the parts of an address in their order, or the primary key in its order. */
export const keyPartsOf = (view: AnyView, keyRow: Row): readonly string[] =>
  (isAddress(view, keyRow) ? addressColumns(view) : primaryKeyOf(view)).map(
    (name) => toSqlText(view.table, name, keyRow[name] ?? NULL) ?? '',
  );

/**
 * The key row that such texts name. Of a view whose items move the primary key alone will do: it names the row,
 * wherever its item lies.
 * @throws ViewError
 */
export function keyRowFrom(view: AnyView, parts: readonly string[]): Row {
  const names = primaryKeyOf(view);
  if (!view.moves || parts.length !== names.length) return keyFromParts(view, parts);
  return decodeTextRow(view.table, names, Object.fromEntries(names.map((name, i) => [name, parts[i]])));
}

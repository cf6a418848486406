import { NULL } from '@hybridge/protocol';
import { type AnyTable, type AnyView, type Codec, type Row, columnOf, columnsOfView, toSqlText } from '@hybridge/views';
import type { Statement } from '../statement.ts';

export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const nameOf = (table: AnyTable): string => `${quoted(table.schema)}.${quoted(table.table)}`;

export const lockRow = (view: AnyView, keyRow: Row): Statement =>
  join(
    `SELECT ${columnsOfView(view)
      .map((name) => `${textOf(name, columnOf(view.table, name).codec)} AS ${quoted(name)}`)
      .join(', ')} FROM ${nameOf(view.table)} AS o WHERE `,
    [whereKey(view.table, keyRow)],
    '',
    ' FOR UPDATE',
  );

export function updateRow(table: AnyTable, keyRow: Row, set: Row): Statement | undefined {
  const columns = Object.keys(set);
  if (columns.length === 0) return undefined;
  const assignments = columns.map((name) => prefixed(`${quoted(name)} = `, parameter(table, name, set)));
  return join('', [join(`UPDATE ${nameOf(table)} AS o SET `, assignments, ', '), whereKey(table, keyRow)], ' WHERE ');
}

export function insertRow(table: AnyTable, keyRow: Row, set: Row): Statement {
  const row: Row = { ...set, ...keyRow };
  const columns = Object.keys(row);
  const values = columns.map((name) => parameter(table, name, row));
  return join(`INSERT INTO ${nameOf(table)} (${columns.map(quoted).join(', ')}) VALUES (`, values, ', ', ')');
}

/** The name stands twice: MariaDB knows an alias in DELETE only so. */
export const deleteRow = (table: AnyTable, keyRow: Row): Statement =>
  join(`DELETE o FROM ${nameOf(table)} AS o WHERE `, [whereKey(table, keyRow)], '');

/**
 * The row's mapped columns as `{e: 1, row}`, each as the text the driver would give; or NULL. An expression to be part
 * of the transaction's last statement, so that it sees what triggers did. A locking read, so that it sees the row as it
 * stands in any isolation level.
 */
export function rowImage(view: AnyView, keyRow: Row): Statement {
  const columns = columnsOfView(view).map((name): Statement => {
    const { codec } = columnOf(view.table, name);
    return { text: `?, ${textOf(name, codec)}`, values: [name] };
  });
  const row = join(`(SELECT JSON_OBJECT('e', 1, 'row', JSON_OBJECT(`, columns, ', ', '))');
  const exactly = join(
    '',
    [whereKey(view.table, keyRow), ...whereWritten(view.table, keyRow)],
    ' AND ',
    ' LOCK IN SHARE MODE)',
  );
  return join('', [row, exactly], ` FROM ${nameOf(view.table)} AS o WHERE `);
}

/** A column as the text that codecs read. Numbers and times become texts too: JSON would give them its own forms. */
function textOf(name: string, { sqlForm }: Codec): string {
  const column = `o.${quoted(name)}`;
  if (sqlForm === 'hex') return `HEX(${column})`;
  return `CAST(${sqlForm === 'integer' ? `${column} + 0` : column} AS CHAR)`;
}

const whereKey = (table: AnyTable, keyRow: Row): Statement =>
  join(
    '',
    (table.primaryKey as readonly string[]).map((name) =>
      prefixed(`o.${quoted(name)} = `, parameter(table, name, keyRow)),
    ),
    ' AND ',
  );

/** A collation may call the key equal to one that is written otherwise. */
const whereWritten = (table: AnyTable, keyRow: Row): readonly Statement[] =>
  (table.primaryKey as readonly string[]).flatMap((name) => {
    if (columnOf(table, name).codec.collation === undefined) return [];
    const written = prefixed(`CAST(CAST(o.${quoted(name)} AS CHAR) AS BINARY) = CAST(`, parameter(table, name, keyRow));
    return [join('', [written], '', ' AS BINARY)')];
  });

const EXACT_NUMBER = /^-?\d{1,65}(?:\.\d{1,30})?$/;

/** A number is written as one: a text in its place is compared as a double, and is other bits and another year. */
function parameter(table: AnyTable, name: string, row: Row): Statement {
  const value = row[name] ?? NULL;
  const text = toSqlText(table, name, value);
  const { sqlForm } = columnOf(table, name).codec;
  if (sqlForm === 'hex') return { text: 'UNHEX(?)', values: [text] };
  const isNumber = ('N' in value || sqlForm === 'integer') && text !== null && EXACT_NUMBER.test(text);
  return isNumber ? { text, values: [] } : { text: '?', values: [text] };
}

const prefixed = (before: string, { text, values }: Statement): Statement => ({ text: `${before}${text}`, values });

export const join = (before: string, parts: readonly Statement[], between: string, after = ''): Statement => ({
  text: `${before}${parts.map(({ text }) => text).join(between)}${after}`,
  values: parts.flatMap(({ values }) => values),
});

import { type JsonValue, formatJson, jsonNumber, parseJsonValue } from '@hybridge/contracts';
import { type AttributeValue, NULL, sameValue } from '@hybridge/protocol';
import type { AnyTable, Codec, Column, Columns, Row, Table } from '@hybridge/views';
import { TestkitError } from '../errors.ts';

type PlainIn<C> = C extends Column<infer Plain> ? Plain : never;

/** Plain values of a row, by column: as documents show them. Columns that take NULL may be left out. */
export type RowValues<C extends Columns> = {
  readonly [Name in keyof C as C[Name]['nullable'] extends false ? Name : never]: PlainIn<C[Name]>;
} & {
  readonly [Name in keyof C as C[Name]['nullable'] extends false ? never : Name]?: PlainIn<C[Name]> | null;
};

/** A row of a table, as a test names it. */
export interface TestRow<C extends Columns = Columns> {
  readonly table: AnyTable;
  /** By column; complete. */
  readonly cells: Row;
  /** Only a type. */
  readonly columns?: C;
}

/** @throws TestkitError naming the column that has no value, or none of its type */
export const row = <C extends Columns>(table: Table<C>, values: RowValues<C>): TestRow<C> => ({
  table,
  cells: Object.fromEntries(
    Object.keys(table.columns).map((name) => [
      name,
      cellOf(table, name, (values as { [column: string]: unknown })[name]),
    ]),
  ),
});

/** One commit of SQL that a test tells of. */
export interface TestChange {
  readonly op: 'c' | 'u' | 'd';
  readonly row: TestRow;
  /** New values by column; of an update only those. */
  readonly set: Row;
  /** Large columns that the event leaves out, as the update did not touch them. */
  readonly unavailable: readonly string[];
}

export const inserted = (of: TestRow): TestChange => ({ op: 'c', row: of, set: of.cells, unavailable: [] });

export const deleted = (of: TestRow): TestChange => ({ op: 'd', row: of, set: {}, unavailable: [] });

/**
 * An update of a row as SQL has it at the time.
 * @throws TestkitError for a column of the key: SQL tells of that as a deleted and an inserted row
 */
export function changed<C extends Columns>(
  of: TestRow<C>,
  set: Partial<RowValues<C>>,
  { unavailable = [] }: { readonly unavailable?: readonly (keyof C & string)[] } = {},
): TestChange {
  const cells = Object.entries(set).map(([name, value]): [string, AttributeValue] => {
    if ((of.table.primaryKey as readonly string[]).includes(name)) {
      throw invalid(`${of.table.name}.${name} is part of the key; say deleted(…) and inserted(…) instead.`);
    }
    return [name, cellOf(of.table, name, value)];
  });
  return { op: 'u', row: of, set: Object.fromEntries(cells), unavailable };
}

const columnsIn = (table: AnyTable): { readonly [name: string]: Column } => table.columns;

function cellOf(table: AnyTable, name: string, value: unknown): AttributeValue {
  const column = columnsIn(table)[name];
  if (column === undefined) throw invalid(`${table.name} has no column ${name}.`);
  if (value !== null && value !== undefined) return column.codec.fromPlain(value);
  if (column.nullable) return NULL;
  throw invalid(`${table.name}.${name} must have a value; give it one in row(…).`);
}

/** The texts of a SQL driver. */
export const textsOf = (table: AnyTable, cells: Row): { readonly [column: string]: string | null } =>
  Object.fromEntries(
    Object.entries(cells).map(([name, cell]) => [
      name,
      'NULL' in cell ? null : (columnsIn(table)[name] as Column).codec.toText(cell),
    ]),
  );

/** The row as JSON of a change event. @throws TestkitError for a type whose form in change events is not known here */
export const jsonOf = (table: AnyTable, cells: Row): { readonly [column: string]: JsonValue } =>
  Object.fromEntries(
    Object.entries(cells).map(([name, cell]) => [
      name,
      'NULL' in cell ? null : changeForm(`${table.name}.${name}`, (columnsIn(table)[name] as Column).codec, cell),
    ]),
  );

/** Codecs only read change events: the form is the one of all those there are that this codec reads as the value. */
function changeForm(name: string, codec: Codec, cell: AttributeValue): JsonValue {
  const text = codec.toText(cell);
  const plain = parseJsonValue(JSON.stringify(codec.toPlain(cell)));
  const days = Math.floor(Date.parse(text) / 86_400_000);
  const forms = [text, plain, ...numbersIn(text), ...(Number.isNaN(days) ? [] : [jsonNumber(String(days))])];
  const form = forms.find((one) => readsAs(codec, one, cell));
  if (form !== undefined) return form;
  throw invalid(`${name}: no form of ${formatJson(plain)} is known that change events have for ${codec.sqlType}.`);
}

const numbersIn = (text: string): readonly JsonValue[] =>
  /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? [jsonNumber(text)] : [];

function readsAs(codec: Codec, form: JsonValue, cell: AttributeValue): boolean {
  try {
    return sameValue(codec.fromChange(form), cell);
  } catch {
    return false;
  }
}

const invalid = (message: string): TestkitError => new TestkitError('HYBRIDGE_TESTKIT_ROW_INVALID', message);

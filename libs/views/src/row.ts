import { type JsonValue, type PlainJson } from '@hybridge/contracts';
import { type AttributeValue, type Attributes, NULL, scalarOf } from '@hybridge/protocol';
import type { Codec } from './codecs/codec.ts';
import type { Document } from './domain-event.ts';
import { OnFailure, withComputed } from './computed.ts';
import { UnstorableValueError, ViewError } from './errors.ts';
import { type ViewRelation, linkColumns } from './embed.ts';
import { keyColumns, renderKey } from './key-template.ts';
import { packColumns, unpackColumns } from './layout.ts';
import { addressColumns } from './address.ts';
import { type AnyTable, type Column, columnMissing, columnOf } from './table.ts';
import type { AnyView } from './view.ts';
import { belongs } from './where.ts';

/** What Debezium writes in place of a TOAST column that an update did not touch. Set in the connector. */
export const UNAVAILABLE = '__hybridge_unavailable';

/** One row as attribute values, by column name. */
export type Row = Attributes;

export interface DecodedRow {
  readonly row: Row;
  /** Mapped columns the event did not carry because the update did not touch them. */
  readonly unavailable: readonly string[];
}

type Direction = 'fromChange' | 'fromImage';

/**
 * Reads the columns named from the JSON of a change event.
 * @throws ViewError `HYBRIDGE_VIEW_COLUMN_MISSING` when a mapped column is not there (dropped or renamed in SQL)
 * @throws UnstorableValueError
 */
export function decodeChangeRow(
  table: AnyTable,
  names: readonly string[],
  json: { readonly [column: string]: JsonValue },
): DecodedRow {
  const unavailable = names.filter((name) => json[name] === UNAVAILABLE);
  const available = names.filter((name) => json[name] !== UNAVAILABLE);
  return { row: decodeJson(table, available, json, 'fromChange'), unavailable };
}

/** Reads the columns named from a `to_jsonb` image. @throws ViewError, UnstorableValueError */
export const decodeImageRow = (
  table: AnyTable,
  names: readonly string[],
  json: { readonly [column: string]: JsonValue },
): Row => decodeJson(table, names, json, 'fromImage');

function decodeJson(
  table: AnyTable,
  names: readonly string[],
  json: { readonly [column: string]: JsonValue },
  direction: Direction,
): Row {
  return decode(table, names, (name, codec) => {
    const value = json[name];
    if (value === undefined) throw columnMissing(table, name);
    return value === null ? null : codec[direction](value);
  });
}

/** Reads the columns named from the text forms of the SQL driver. @throws ViewError, UnstorableValueError */
export const decodeTextRow = (
  table: AnyTable,
  names: readonly string[],
  values: { readonly [column: string]: string | null | undefined },
): Row =>
  decode(table, names, (name, codec) => {
    const value = values[name];
    if (value === undefined) throw columnMissing(table, name);
    return value === null ? null : codec.fromText(value);
  });

function decode(
  table: AnyTable,
  names: readonly string[],
  read: (name: string, codec: Codec) => AttributeValue | null,
): Row {
  const row: Record<string, AttributeValue> = {};
  for (const name of names) row[name] = read(name, columnOf(table, name).codec) ?? NULL;
  return row;
}

const viewColumns = new WeakMap<AnyView, readonly string[]>();

/** Columns a view needs of its table: keys, attributes, what tells which rows belong to it and where they point; each once. */
export function columnsOfView(view: AnyView): readonly string[] {
  const known = viewColumns.get(view);
  if (known !== undefined) return known;
  const ofAttributes: readonly string[] = Object.values(view.attributes);
  const ofKeys = [...(view.table.primaryKey as readonly string[]), ...keyColumns(view.key)];
  const columns = [...new Set([...ofKeys, ...ofAttributes, ...(view.where?.from ?? []), ...linkColumns(view)])];
  viewColumns.set(view, columns);
  return columns;
}

/** The item key of a row; of a view whose items move see `placeOfRow`. @throws ViewError when a key column is missing or NULL */
export function keyOfRow(view: AnyView, row: Row) {
  return renderKey(view.key, (name) => {
    const value = row[name];
    return value === undefined || value === NULL || 'NULL' in value
      ? undefined
      : columnOf(view.table, name).codec.toText(value);
  });
}

/**
 * Own columns of the item: the row's values under the view's attribute names, and what is computed of them. Columns not
 * in the row are left out. What cannot be computed is NULL: encoders that store have asked `assertStorableRow` before.
 * @returns undefined for a row that does not belong to the view
 * @throws ViewError when columns are left out of a document view, which only whole rows can change
 */
export function projectRow(view: AnyView, row: Row): Attributes | undefined {
  if (!belongsTo(view, row)) return undefined;
  return packColumns(view, withComputed(view, attributesOf(view, row), OnFailure.showNull, plainOfAttribute(view)));
}

/** @throws UnstorableValueError when the definition of the view fails on the row */
export function assertStorableRow(view: AnyView, row: Row): void {
  if (belongs(view, (name) => row[name] ?? NULL)) {
    withComputed(view, attributesOf(view, row), OnFailure.refuse, plainOfAttribute(view));
  }
}

/** Whether a row is one of the view's. One of which that cannot be told is. */
export function belongsTo(view: AnyView, row: Row): boolean {
  try {
    return belongs(view, (name) => row[name] ?? NULL);
  } catch (error) {
    if (error instanceof UnstorableValueError) return true;
    throw error;
  }
}

/** The row's values under the view's attribute names, and nothing else; columns not in the row are left out. */
export const attributesOf = (view: AnyView, row: Row): Attributes =>
  Object.fromEntries(
    view.attributeNames.flatMap((attribute) => {
      const value = row[view.attributes[attribute]];
      return value === undefined ? [] : [[attribute, value]];
    }),
  );

/** What a customer reads: own columns and embedded rows as plain JSON, in the order of the definition. */
export const toDocument = (view: AnyView, item: Attributes): Document =>
  withEmbedded(view, item, ownDocument(view, unpackColumns(view, item)));

/** The same without what is embedded, for a truth, which has no part in that. */
export const toOwnDocument = (view: AnyView, columns: Attributes): Document =>
  ownDocument(view, unpackColumns(view, columns));

/** The same of values by attribute name. */
export function ownDocument(view: AnyView, values: Attributes): Record<string, PlainJson> {
  // A plain loop: every hit of every reader comes through here.
  const document: Record<string, PlainJson> = {};
  for (const attribute of view.documentNames) {
    const value = values[attribute];
    if (value !== undefined) document[attribute] = toPlain(view, attribute, value);
  }
  return document;
}

/** @param holder the item, or the value of a fragment, that has what is embedded beside its own columns */
function withEmbedded(view: AnyView, holder: Attributes, document: Record<string, PlainJson>): Document {
  for (const { name, base } of view.relations as readonly ViewRelation[]) {
    document[name] = embeddedDocument(base, holder[name]);
  }
  return document;
}

function embeddedDocument(base: AnyView, value: AttributeValue | undefined): PlainJson {
  if (value === undefined || !('M' in value)) return null;
  return withEmbedded(base, value.M, ownDocument(base, value.M));
}

function toPlain(view: AnyView, attribute: string, value: AttributeValue): PlainJson {
  return 'NULL' in value ? null : columnOfAttribute(view, attribute).codec.toPlain(value);
}

export const plainOfAttribute =
  (view: AnyView) =>
  (attribute: string, value: AttributeValue): PlainJson =>
    toPlain(view, attribute, value);

/** The type of an attribute: of its column, or as it is computed. */
export const columnOfAttribute = (view: AnyView, attribute: string): Column =>
  view.computed[attribute]?.column ?? columnOf(view.table, view.attributes[attribute]);

/** Reads what a customer sent for one attribute. @throws ViewError naming the attribute, the type and the value */
export function fromPlain(view: AnyView, attribute: string, value: unknown): AttributeValue {
  const column = columnOfAttribute(view, attribute);
  if (value === null) {
    if (column.nullable) return NULL;
    throw new ViewError('HYBRIDGE_VIEW_VALUE_INVALID', `${view.name}.${attribute} must not be null.`);
  }
  try {
    return column.codec.fromPlain(value);
  } catch (error) {
    throw error instanceof ViewError ? new ViewError(error.code, `${view.name}.${attribute}: ${error.message}`) : error;
  }
}

/** The text of a SQL parameter; null for NULL. */
export const toSqlText = (table: AnyTable, name: string, value: AttributeValue): string | null =>
  'NULL' in value ? null : columnOf(table, name).codec.toText(value);

/** Key columns as texts, from the parts a customer names in the order of `addressColumns`. @throws ViewError */
export function keyFromParts(view: AnyView, parts: readonly string[]): Row {
  const names = addressColumns(view);
  if (parts.length !== names.length) {
    throw new ViewError(
      'HYBRIDGE_VIEW_KEY_INVALID',
      `A key of ${view.name} has ${names.length} part(s) (${names.join(', ')}), but ${parts.length} were given.`,
    );
  }
  const texts = Object.fromEntries(names.map((name, i) => [name, parts[i] as string]));
  const row = decodeTextRow(view.table, names, texts);
  const empty = names.find((name) => scalarOf(row[name]) === '');
  if (empty !== undefined) throw new ViewError('HYBRIDGE_VIEW_KEY_INVALID', `Key column ${empty} must not be empty.`);
  return row;
}

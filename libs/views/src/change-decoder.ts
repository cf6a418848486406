import { type JsonRow, type JsonValue, isJsonNumber, numberText } from '@hybridge/contracts';
import { type AttributeValue, type Attributes, type ItemKey, type Links, NULL } from '@hybridge/protocol';
import { placeColumns } from './address.ts';
import type { Codec } from './codecs/codec.ts';
import { linkColumns, linksOf } from './embed.ts';
import { LostValueError } from './errors.ts';
import { type ComputedFields, OnFailure, withComputed } from './computed.ts';
import { indexesOf } from './indexes.ts';
import { renderKey } from './key-template.ts';
import { Layout, packColumns } from './layout.ts';
import { anchorOfRow, placeOfRow } from './place.ts';
import { type Row, UNAVAILABLE, columnsOfView, plainOfAttribute } from './row.ts';
import { type AnyTable, columnMissing, columnOf } from './table.ts';
import type { AnyView } from './view.ts';
import { belongs } from './where.ts';

/** Reads change events for one view. Made once a view, so that an event costs no looking up of columns. */
export interface ChangeDecoder {
  /**
   * The item of a row, and its key columns.
   * @param of `key`: only the primary key is there, of a row that is gone
   * @throws ViewError when a key column is missing, NULL or of another type
   */
  keyOf(json: JsonRow, of?: 'row' | 'key'): ChangeKey;
  /**
   * Own columns of the item. `key` is that of the same row: what it holds is not read again.
   * @throws ViewError `HYBRIDGE_VIEW_COLUMN_MISSING` when a mapped column is not there (dropped or renamed in SQL)
   * @throws UnstorableValueError also when the definition of the view fails on the row
   */
  columnsOf(json: JsonRow, key: ChangeKey): ChangeColumns;
  /**
   * True when two images of a row agree, as they stand, in every column the view needs. A column that either image
   * leaves out agrees with nothing. Only for tables with REPLICA IDENTITY FULL: any other before image holds NULL for
   * values it does not know.
   */
  agree(before: JsonRow, after: JsonRow): boolean;
  /** False when a before image shows that the row pointed elsewhere, or lay at another place. One that does not say agrees. */
  agreeInLinks(before: JsonRow, after: JsonRow): boolean;
}

export interface ChangeKey {
  /** Of the row's item; of a row without a place, that of its anchor. */
  readonly key: ItemKey;
  readonly row: Row;
  /** Of a view whose items move. */
  readonly move?: RowPlace;
}

export interface RowPlace {
  readonly anchor: ItemKey;
  /** Where the item of the row belongs; undefined: nowhere. */
  readonly place: ItemKey | undefined;
}

/** What a row says of its item. */
export interface ChangeColumns {
  /**
   * `upsert`: every column is there. `partial`: the event left columns out because the update did not touch them.
   * `touched`: it did so, and the item cannot be changed in parts, so there are no columns: its layout is `document`, or
   * something of it, or where it points, follows from columns of which some are there and some are not; or the event lost
   * a value of the row.
   * `delete`: the row does not belong to the view.
   */
  readonly kind: 'upsert' | 'partial' | 'touched' | 'delete';
  readonly columns: Attributes;
  /** Where the row points; undefined: the update did not touch that, or there is no row. */
  readonly links: Links | undefined;
}

const decoders = new WeakMap<AnyView, ChangeDecoder>();

export function changeDecoder(view: AnyView): ChangeDecoder {
  const known = decoders.get(view);
  if (known !== undefined) return known;
  const decoder = createDecoder(view);
  decoders.set(view, decoder);
  return decoder;
}

interface Source {
  readonly column: string;
  readonly codec: Codec;
}

function createDecoder(view: AnyView): ChangeDecoder {
  const table: AnyTable = view.table;
  const sourceOf = (column: string): Source => ({ column, codec: columnOf(table, column).codec });
  const keySources = (table.primaryKey as readonly string[]).map(sourceOf);
  const codecs = new Map(keySources.map(({ column, codec }) => [column, codec]));
  const attributes = (view.attributeNames as readonly string[]).map((attribute) => ({
    attribute,
    ...sourceOf(view.attributes[attribute]),
    inKey: codecs.has(view.attributes[attribute]),
  }));
  const needed = columnsOfView(view);
  const placed = view.moves ? placeColumns(view).map(sourceOf) : [];
  const linked = linkColumns(view).map(sourceOf);
  const located = [...placed, ...linked].map(({ column }) => column);
  const plainOf = plainOfAttribute(view);
  const isComputing = Object.keys(view.computed).length > 0;
  const derivedFrom = sourcesOfDerived(view);
  const read = ({ column, codec }: Source, json: JsonRow): AttributeValue | undefined => {
    const value = json[column];
    if (value === UNAVAILABLE) return undefined;
    if (value === undefined) throw columnMissing(table, column);
    return value === null ? NULL : codec.fromChange(value);
  };
  return {
    keyOf: (json, of = 'row') => {
      const row: Record<string, AttributeValue> = {};
      for (const source of of === 'row' ? [...keySources, ...placed] : keySources) {
        const value = read(source, json);
        if (value !== undefined) row[source.column] = value;
      }
      if (!view.moves) return { key: renderKey(view.key, (name) => keyText(row[name], codecs.get(name))), row };
      const anchor = anchorOfRow(view, row);
      const place = of === 'row' ? placeOfRow(view, row) : undefined;
      return { key: place ?? anchor, row, move: { anchor, place } };
    },
    columnsOf: orTouched((json, { row }) => {
      const kept = keeps(view, (column) => row[column] ?? read(sourceOf(column), json));
      if (kept === false) return GONE;
      const links = linksIn(view, linked, (source) => row[source.column] ?? read(source, json));
      const values: Record<string, AttributeValue> = {};
      let complete = kept === true;
      for (const source of attributes) {
        const value = source.inKey ? row[source.column] : read(source, json);
        if (value === undefined) complete = false;
        else values[source.attribute] = value;
      }
      const all = isComputing ? withComputed(view, values, OnFailure.refuse, plainOf) : values;
      if (complete && typeof links === 'object') return { kind: 'upsert', columns: packColumns(view, all), links };
      const inParts =
        kept !== 'unknown' &&
        links !== 'unknown' &&
        view.layout === Layout.flat &&
        !derivedFrom.some((names) => isMixed(names, all));
      return inParts ? { kind: 'partial', columns: all, links } : TOUCHED;
    }),
    agree: (before, after) => needed.every((name) => sameCell(before[name], after[name])),
    agreeInLinks: (before, after) =>
      located.every(
        (name) => before[name] === undefined || before[name] === null || sameCell(before[name], after[name]),
      ),
  };
}

const TOUCHED: ChangeColumns = { kind: 'touched', columns: {}, links: undefined };
const GONE: ChangeColumns = { kind: 'delete', columns: {}, links: undefined };

/** A value that was lost cannot be left out as one that did not change. */
const orTouched =
  (read: ChangeDecoder['columnsOf']): ChangeDecoder['columnsOf'] =>
  (json, key) => {
    try {
      return read(json, key);
    } catch (error) {
      if (error instanceof LostValueError) return TOUCHED;
      throw error;
    }
  };

/**
 * Whether the row belongs to the view. `unchanged`: the update touched nothing that tells. `unknown`: it touched some of
 * that and left some out, which only SQL can tell.
 * @throws UnstorableValueError
 */
function keeps(
  view: AnyView,
  valueOf: (column: string) => AttributeValue | undefined,
): boolean | 'unchanged' | 'unknown' {
  if (view.where === undefined) return true;
  const from: readonly string[] = view.where.from;
  const values = new Map(from.map((column) => [column, valueOf(column)]));
  const given = [...values.values()].filter((value) => value !== undefined).length;
  if (given < values.size) return given === 0 ? 'unchanged' : 'unknown';
  return belongs(view, (column) => values.get(column) ?? NULL);
}

const NO_LINKS: Links = {};

/**
 * Where the row points. Undefined: the update touched none of the columns that tell. `unknown`: it touched some of them and
 * left some out.
 */
function linksIn(
  view: AnyView,
  sources: readonly Source[],
  valueOf: (source: Source) => AttributeValue | undefined,
): Links | 'unknown' | undefined {
  if (sources.length === 0) return NO_LINKS;
  const row: Record<string, AttributeValue> = {};
  for (const source of sources) {
    const value = valueOf(source);
    if (value !== undefined) row[source.column] = value;
  }
  const given = Object.keys(row).length;
  if (given === sources.length) return linksOf(view, row);
  return given === 0 ? undefined : 'unknown';
}

/** The attributes that each computed attribute and each index follows from. */
const sourcesOfDerived = (view: AnyView): readonly (readonly string[])[] => [
  ...Object.values(view.computed as ComputedFields).map(({ from }) => from),
  ...indexesOf(view).map(({ sources }) => sources),
];

/** Whether some of them are there and some are not. */
function isMixed(names: readonly string[], values: Attributes): boolean {
  const isGiven = (name: string): boolean => values[name] !== undefined;
  return names.some(isGiven) && !names.every(isGiven);
}

const keyText = (value: AttributeValue | undefined, codec: Codec | undefined): string | undefined =>
  value === undefined || 'NULL' in value ? undefined : codec?.toText(value);

/** Lists and objects are not compared: they are not worth it. */
function sameCell(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === undefined || a === UNAVAILABLE) return false;
  return a === b || (isJsonNumber(a) && isJsonNumber(b) && numberText(a) === numberText(b));
}

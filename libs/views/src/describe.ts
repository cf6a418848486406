import type { Collected } from './collect.ts';
import type { Embed, Embeds } from './embed.ts';
import { type AnyTable, type Column, columnOf } from './table.ts';
import type { ComputedFields } from './computed.ts';
import { type IndexPart, indexesOf } from './indexes.ts';
import type { KeyPart } from './key-template.ts';
import type { AnyView } from './view.ts';

/**
 * A definition as plain JSON: what one version of it says, to be held against another. Functions stand there as their
 * source text, with white space made equal.
 */
export interface ViewDescription {
  readonly name: string;
  readonly source: string;
  readonly kind: string;
  /** `schema.table` */
  readonly table: string;
  readonly primaryKey: readonly string[];
  /** Parts of the key: a word as it is, a column as `{column}`; with one that is not of the primary key, items move. */
  readonly key: { readonly pk: readonly string[]; readonly sk: readonly string[] };
  readonly attributes: { readonly [attribute: string]: AttributeDescription };
  readonly computed: { readonly [attribute: string]: ComputedDescription };
  readonly embeds: { readonly [name: string]: EmbedDescription };
  /** Names of the views, by that of the collection. */
  readonly collect: { readonly [name: string]: string };
  readonly where: { readonly from: readonly string[]; readonly keep: string } | null;
  readonly indexes: { readonly [index: string]: IndexDescription };
  readonly mode: string;
  /** Null: items stay. */
  readonly ttlSeconds: number | null;
  readonly primary: string;
  readonly layout: string;
  readonly rawWrites: string;
  readonly changes: Described;
  readonly access: Described;
  /** Names of the events, each with when it happens. */
  readonly events: readonly string[];
}

export interface AttributeDescription {
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
}

export interface ComputedDescription {
  readonly from: readonly string[];
  readonly type: string;
  readonly nullable: boolean;
  readonly value: string;
}

/** What is embedded of one other row. */
export interface EmbedDescription {
  readonly source: string;
  /** `schema.table` */
  readonly table: string;
  readonly primaryKey: readonly string[];
  /** Columns that hold its primary key. */
  readonly on: readonly string[];
  readonly attributes: { readonly [attribute: string]: AttributeDescription };
  readonly shards: number;
  /** What that row embeds itself. */
  readonly embeds: { readonly [name: string]: EmbedDescription };
}

export interface IndexDescription {
  readonly pk: readonly string[];
  readonly sk: readonly string[];
  readonly where: string | null;
}

/** Anything a definition may hold, as JSON. */
export type Described =
  string | number | boolean | null | readonly Described[] | { readonly [name: string]: Described };

export function describeView(view: AnyView): ViewDescription {
  const { name, table, key, where, mode, primary, layout, rawWrites } = view;
  return {
    name,
    source: table.source.name,
    kind: table.source.kind,
    table: table.name,
    primaryKey: [...table.primaryKey],
    key: { pk: key.pk.map(describePart), sk: key.sk.map(describePart) },
    attributes: describeAttributes(table, view.attributes),
    computed: Object.fromEntries(
      Object.entries(view.computed as ComputedFields).map(([attribute, { from, column, value }]) => [
        attribute,
        { from: [...from], ...describeColumn(column), value: textOf(value) },
      ]),
    ),
    embeds: describeEmbeds(view.embed),
    collect: Object.fromEntries(Object.entries(view.collect as Collected).map(([each, child]) => [each, child.name])),
    where: where === undefined ? null : { from: [...where.from], keep: textOf(where.keep) },
    indexes: Object.fromEntries(
      indexesOf(view).map(({ name: index, pk, sk }) => [
        index,
        { pk: pk.map(describeIndexPart), sk: sk.map(describeIndexPart), where: whereOf(view, index) },
      ]),
    ),
    mode,
    ttlSeconds: view.ttlSeconds ?? null,
    primary,
    layout,
    rawWrites,
    changes: described(view.changes),
    access: described(view.access),
    events: view.events.map(({ contract, on, attributes }) => [contract.detailType, on, ...attributes].join(' ')),
  };
}

const describeAttributes = (table: AnyTable, attributes: { readonly [attribute: string]: string }) =>
  Object.fromEntries(
    Object.entries(attributes).map(([attribute, column]) => [
      attribute,
      { column, ...describeColumn(columnOf(table, column)) },
    ]),
  );

const describeEmbeds = (embeds: Embeds): ViewDescription['embeds'] =>
  Object.fromEntries(Object.entries(embeds).map(([name, one]) => [name, describeEmbed(one)]));

const describeEmbed = ({ table, on, attributes, shards, embed }: Embed): EmbedDescription => ({
  source: table.source.name,
  table: table.name,
  primaryKey: [...table.primaryKey],
  on: [...on],
  attributes: describeAttributes(table, attributes),
  shards,
  embeds: describeEmbeds(embed),
});

const describePart = (part: KeyPart): string => (typeof part === 'string' ? part : `{${part.column}}`);
const describeIndexPart = (part: IndexPart): string => (typeof part === 'string' ? part : `{${part.attribute}}`);

const describeColumn = ({ codec, nullable }: Column) => ({ type: codec.sqlType, nullable });

/** Of the definition itself: what `indexesOf` holds is bound, and a bound function has no text. */
function whereOf(view: AnyView, index: string): string | null {
  const where = (view.indexes as { readonly [name: string]: { readonly where?: unknown } })[index]?.where;
  return typeof where === 'function' ? textOf(where) : null;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- only its text counts
const textOf = (value: Function): string => String(value).replaceAll(/\s+/g, ' ');

/** Tables stand by their names: they are described with the views. */
function described(value: unknown): Described {
  if (typeof value === 'function') return textOf(value);
  if (Array.isArray(value)) return value.map(described);
  if (typeof value !== 'object' || value === null) return isPlain(value) ? value : null;
  if ('primaryKey' in value && 'name' in value) return String(value.name);
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([name, part]) => [name, described(part)]));
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/**
 * Further orders to list the items of a view in: global secondary indexes of the view table.
 *
 * The keys of an index are attributes of the item, computed from its visible columns by whoever writes these. They begin
 * with `_`: no row, no document and no event ever holds them.
 */
import { type AttributeValue, type Attributes, text } from '@hybridge/protocol';
import type { Document } from './domain-event.ts';
import { type KeyPart, isStorableKey, renderKey } from './key-template.ts';
import { unpackColumns } from './layout.ts';
import { columnOfAttribute, ownDocument } from './row.ts';
import { type SortKind, sortKindOf, sortableText } from './sortable-text.ts';
import type { AnyView } from './view.ts';

/** One part of an index's key: a fixed word, or the visible value of an attribute. */
export type IndexPart<Name extends string = string> = string | { readonly attribute: Name };

export const attribute = <const Name extends string>(name: Name): { readonly attribute: Name } => ({ attribute: name });

/** Which items an index lists together, in which order. An item that lacks a value, or one SQL calls NULL, is left out. */
export interface IndexDefinition<Name extends string = string, D = Document> {
  /** What is listed together. Begins with a fixed word: views may share an index. */
  readonly pk: readonly IndexPart<Name>[];
  /** In which order, part by part: numbers by value, times by time, texts by their bytes. */
  readonly sk: readonly IndexPart<Name>[];
  /** Leaves items out. Pure: it sees the visible document, and is asked whenever that is written. */
  where?(document: D): boolean;
}

/** By name; views that use the same name share the index. */
export type IndexDefinitions<Name extends string = string, D = Document> = {
  readonly [index: string]: IndexDefinition<Name, D>;
};

/** A global secondary index as the view table has it: two keys of type S, all attributes projected. */
export interface TableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

/** One view's part of an index. */
export interface ViewIndex extends TableIndex {
  readonly pk: readonly IndexPart[];
  readonly sk: readonly IndexPart[];
  readonly where: ((document: Document) => boolean) | undefined;
  /** Attributes its keys are computed from, each once; all of the view's where there is a `where`. */
  readonly sources: readonly string[];
  /** Attributes in the partition key, each once. */
  readonly partitionAttributes: readonly string[];
}

const known = new WeakMap<AnyView, readonly ViewIndex[]>();

/** The indexes of a view, in the order of its definition. */
export function indexesOf(view: AnyView): readonly ViewIndex[] {
  const cached = known.get(view);
  if (cached !== undefined) return cached;
  const definitions = view.indexes as IndexDefinitions;
  const indexes = Object.entries(definitions).map(([name, definition]) => viewIndex(view, name, definition));
  known.set(view, indexes);
  return indexes;
}

function viewIndex(view: AnyView, name: string, definition: IndexDefinition): ViewIndex {
  const { pk, sk } = definition;
  const where = definition.where?.bind(definition);
  const sources = where === undefined ? attributesIn([...pk, ...sk]) : (view.attributeNames as readonly string[]);
  return { ...tableIndex(name), pk, sk, where, sources, partitionAttributes: attributesIn(pk) };
}

const tableIndex = (name: string): TableIndex => ({ name, partitionKey: `_${name}_pk`, sortKey: `_${name}_sk` });

/** Attributes that parts of a key name, each once. */
export const attributesIn = (parts: readonly IndexPart[]): readonly string[] => [
  ...new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.attribute]))),
];

/** Every index some view has, each once. */
export const tableIndexesOf = (views: readonly AnyView[]): readonly TableIndex[] =>
  [...new Set(views.flatMap((view) => indexesOf(view).map(({ name }) => name)))].map(tableIndex);

/** Names of all attributes the view's indexes may set on an item. */
export const indexAttributeNames = (view: AnyView): readonly string[] =>
  indexesOf(view).flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]);

const NONE: Attributes = {};

/**
 * The attributes an item must have for its visible own columns; the others of `indexAttributeNames` must not be there.
 * Columns that are not given count as NULL.
 */
export function indexAttributes(view: AnyView, visibleColumns: Attributes): Attributes {
  const indexes = indexesOf(view);
  if (indexes.length === 0) return NONE;
  const values = unpackColumns(view, visibleColumns);
  return Object.assign({}, ...indexes.map((index) => indexAttributesOf(view, index, values))) as Attributes;
}

/** The same of one index, for values by attribute name; none where the item is not in the index. */
export function indexAttributesOf(view: AnyView, index: ViewIndex, values: Attributes): Attributes {
  const key = indexKey(view, index, values);
  if (key === undefined || !isListed(view, index, values)) return NONE;
  return { [index.partitionKey]: text(key.pk), [index.sortKey]: text(key.sk) };
}

/** An item for which `where` fails is left out: an index must not hold up the item. */
function isListed(view: AnyView, { where }: ViewIndex, values: Attributes): boolean {
  if (where === undefined) return true;
  try {
    return where(ownDocument(view, values));
  } catch {
    return false;
  }
}

/** Undefined for an item that cannot be in the index: a part is NULL, or a key is empty or longer than DynamoDB takes. */
function indexKey(view: AnyView, index: ViewIndex, values: Attributes) {
  const pk = indexPartition(view, index, values);
  const sk = sortTextOf(view, index.sk, values);
  if (pk === undefined || sk === undefined || sk === '') return undefined;
  return isStorableKey({ pk, sk }) ? { pk, sk } : undefined;
}

/** The partition key for values by attribute name; undefined when one of its parts is NULL or not given. */
export function indexPartition(view: AnyView, index: ViewIndex, values: Attributes): string | undefined {
  const texts = new Map<string, string>();
  for (const name of index.partitionAttributes) {
    const value = plainText(values[name]);
    if (value === undefined || kindOf(view, name) === undefined) return undefined;
    texts.set(name, value);
  }
  return renderKey({ pk: index.pk.map(asColumn), sk: [] }, (name) => texts.get(name)).pk;
}

const asColumn = (part: IndexPart): KeyPart => (typeof part === 'string' ? part : { column: part.attribute });

/** Equality is all a partition key needs. */
function plainText(value: AttributeValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if ('S' in value) return value.S;
  if ('N' in value) return value.N;
  return 'BOOL' in value ? String(value.BOOL) : undefined;
}

export const SORT_SEPARATOR = '#';

/** Sort key, or its beginning, for values by attribute name; undefined when a part is NULL or not given. */
export function sortTextOf(view: AnyView, parts: readonly IndexPart[], values: Attributes): string | undefined {
  const texts: string[] = [];
  for (const part of parts) {
    const written = typeof part === 'string' ? part : sortTextOfAttribute(view, part.attribute, values[part.attribute]);
    if (written === undefined) return undefined;
    texts.push(written);
  }
  return texts.join(SORT_SEPARATOR);
}

function sortTextOfAttribute(view: AnyView, name: string, value: AttributeValue | undefined): string | undefined {
  const kind = kindOf(view, name);
  return value === undefined || kind === undefined ? undefined : sortableText(kind, value);
}

const kinds = new WeakMap<AnyView, Map<string, SortKind | undefined>>();

/** How the values of an attribute sort; undefined where they do not. */
export function kindOf(view: AnyView, name: string): SortKind | undefined {
  let known = kinds.get(view);
  if (known === undefined) kinds.set(view, (known = new Map()));
  if (!known.has(name)) known.set(name, sortKindOf(columnOfAttribute(view, name).codec.sqlType));
  return known.get(name);
}

import type { PlainJson } from '@hybridge/contracts';
import type { AttributeValue, Attributes } from '@hybridge/protocol';
import {
  type Catalog,
  type Document,
  type IndexPart,
  SORT_SEPARATOR,
  SortKind,
  type ViewIndex,
  ViewError,
  attributesIn,
  columnOfAttribute,
  indexPartition,
  indexesOf,
  isStorableKey,
  kindOf,
  sortTextOf,
} from '@hybridge/views';
import { type ErrorFacts, InvalidValueError } from './errors.ts';
import { compareBytes } from './partition.ts';
import { impossible } from './query-partition.ts';
import { viewOf } from './reference.ts';
import type { IndexQueryOptions } from './index-types.ts';
import type { ViewLike, ViewReference } from './types.ts';

/** The items of one view that an index lists together. */
export interface IndexPartition {
  readonly view: ViewLike;
  readonly index: ViewIndex;
  readonly pk: string;
  /** For messages. */
  readonly facts: ErrorFacts;
}

/** Sort keys of an index: between two, both included, or all that begin with a text. */
export interface IndexRange {
  readonly low?: string;
  readonly high?: string;
  readonly prefix?: string;
}

type Given = { readonly [attribute: string]: PlainJson | undefined };

/** The character behind the separator: no part of a sort key holds one before it. */
const BEHIND_SEPARATOR = '$';

/** @throws ViewError `HYBRIDGE_VIEW_UNKNOWN`, QueryImpossibleError, InvalidValueError */
export function indexPartitionOf(
  catalog: Catalog,
  reference: ViewReference,
  name: string,
  values: Document,
): IndexPartition {
  const view = viewOf(catalog, reference);
  const index = indexNamed(view, name);
  const facts = { view: view.name };
  const names = attributesIn(index.pk);
  const missing = names.find((attribute) => values[attribute] === undefined);
  if (missing !== undefined) throw invalid(facts, missing, 'has no value', { fix: `Give ${names.join(', ')}.` });
  const pk = indexPartition(view, index, valuesOf(view, names, values));
  if (pk === undefined || !isStorableKey({ pk, sk: '' })) throw tooLong(facts, names);
  return { view, index, pk, facts };
}

function indexNamed(view: ViewLike, name: string): ViewIndex {
  const indexes = indexesOf(view);
  const index = indexes.find((one) => one.name === name);
  if (index !== undefined) return index;
  const there = indexes.length === 0 ? 'none' : indexes.map((one) => one.name).join(', ');
  throw impossible({ view: view.name }, `there is no index "${name.slice(0, 80)}"`, `Its indexes: ${there}.`);
}

/** @throws QueryImpossibleError, InvalidValueError */
export function indexRangeOf(partition: IndexPartition, options: IndexQueryOptions): IndexRange {
  const { equals = {}, from = {}, to = {}, beginsWith } = options;
  if (beginsWith !== undefined) {
    if (options.from !== undefined || options.to !== undefined) {
      throw impossible(partition.facts, 'beginsWith stands beside from or to', 'Give one or the other.');
    }
    const { text } = sortBeginning(partition, { ...equals, ...beginsWith }, true);
    return text === '' ? {} : { prefix: text };
  }
  const low = sortBeginning(partition, { ...equals, ...from });
  const high = sortBeginning(partition, { ...equals, ...to });
  return {
    ...(low.text === '' ? {} : { low: low.isWhole ? low.text : low.text + SORT_SEPARATOR }),
    ...(high.text === '' ? {} : { high: high.isWhole ? high.text : high.text + BEHIND_SEPARATOR }),
  };
}

/** In bytes, as DynamoDB orders them. */
export const isInRange = ({ low, high, prefix = '' }: IndexRange, sk: string): boolean =>
  sk.startsWith(prefix) &&
  (low === undefined || compareBytes(low, sk) <= 0) &&
  (high === undefined || compareBytes(sk, high) <= 0);

export const isEmptyRange = ({ low, high }: IndexRange): boolean =>
  low !== undefined && high !== undefined && compareBytes(low, high) > 0;

/**
 * The sort key as far as the values give it, its fixed words included.
 * @param isPrefix the last value is only the beginning of one
 */
function sortBeginning(partition: IndexPartition, given: Given, isPrefix = false) {
  const { view, index, facts } = partition;
  const names = attributesIn(index.sk);
  const named = leading(partition, names, given);
  const last = named.at(-1);
  if (isPrefix && (last === undefined || kindOf(view, last) !== SortKind.text)) {
    throw impossible(facts, 'beginsWith names no text', 'Name an attribute that is a text as the last one.');
  }
  const values = valuesOf(view, named, given);
  const parts = isPrefix ? upTo(index.sk, last as string) : upToUnknown(index.sk, values);
  const text = sortTextOf(view, parts, values);
  if (text === undefined || !isStorableKey({ pk: '', sk: text })) throw tooLong(facts, names);
  return { text, isWhole: parts.length === index.sk.length };
}

/** The attributes given, in the order of the sort key. */
function leading({ facts }: IndexPartition, names: readonly string[], given: Given): readonly string[] {
  const named = Object.keys(given).filter((name) => given[name] !== undefined);
  const order = { fix: `Name the attributes of its sort key in order: ${names.join(', ')}.` };
  const foreign = named.find((name) => !names.includes(name));
  if (foreign !== undefined) throw invalid(facts, foreign, 'is not in the sort key of the index', order);
  const gap = names.slice(0, named.length).find((name) => !named.includes(name));
  if (gap !== undefined) throw invalid(facts, gap, 'is left out, and one behind it is given', order);
  return names.slice(0, named.length);
}

const nameIn = (part: IndexPart): string | undefined => (typeof part === 'string' ? undefined : part.attribute);

const upTo = (parts: readonly IndexPart[], name: string): readonly IndexPart[] =>
  parts.slice(0, parts.findIndex((part) => nameIn(part) === name) + 1);

function upToUnknown(parts: readonly IndexPart[], values: Attributes): readonly IndexPart[] {
  const unknown = parts.findIndex((part) => typeof part !== 'string' && values[part.attribute] === undefined);
  return unknown === -1 ? parts : parts.slice(0, unknown);
}

function valuesOf(view: ViewLike, names: readonly string[], given: Given): Attributes {
  return Object.fromEntries(names.map((name) => [name, valueOf(view, name, given[name])]));
}

function valueOf(view: ViewLike, name: string, given: PlainJson | undefined): AttributeValue {
  const fix = 'Give a value of its type.';
  if (given === null) throw invalid({ view: view.name }, name, 'is null, which no index holds', { fix });
  try {
    return columnOfAttribute(view, name).codec.fromPlain(given);
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    throw invalid({ view: view.name }, name, `does not fit: ${error.message}`, { fix, cause: error });
  }
}

const tooLong = (facts: ErrorFacts, names: readonly string[]): InvalidValueError =>
  invalid(facts, names.at(-1) ?? '', 'makes a key that DynamoDB does not take', { fix: 'Give shorter values.' });

function invalid(
  facts: ErrorFacts,
  attribute: string,
  why: string,
  more: Pick<ErrorFacts, 'fix' | 'cause'>,
): InvalidValueError {
  const message = `${facts.view} cannot be queried: "${attribute.slice(0, 80)}" ${why}.`;
  return new InvalidValueError(message, { ...facts, attribute, ...more });
}

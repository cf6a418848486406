import type { Item, ItemKey } from '@hybridge/protocol';
import { keyOf } from '@hybridge/protocol';
import {
  type Catalog,
  type KeyPart,
  type Row,
  ViewError,
  addressColumns,
  decodeTextRow,
  isStorableKey,
  keyColumns,
  parseKey,
  renderKey,
  toSqlText,
} from '@hybridge/views';
import { InvalidKeyError } from './errors.ts';
import type { Place } from './place.ts';
import { viewOf } from './reference.ts';
import type { KeyParts, ViewLike, ViewReference } from './types.ts';

/** The items of one view under one partition key. */
export interface Partition {
  readonly view: ViewLike;
  readonly pk: string;
  /** The columns the partition key gives. */
  readonly keyRow: Row;
  /** For messages. */
  readonly facts: { readonly view: string; readonly key: string };
}

/** Sort keys from `low` to `high`, both included; a side that is left out is open. */
export interface SortRange {
  readonly low: string | undefined;
  readonly high: string | undefined;
}

const SEPARATOR = '#';
/** The character behind the separator: the first text behind all that begin with a key and the separator. */
const BEHIND_SEPARATOR = '$';

/** @throws ViewError `HYBRIDGE_VIEW_UNKNOWN`, InvalidKeyError */
export function partitionOf(catalog: Catalog, reference: ViewReference, parts: KeyParts): Partition {
  const view = viewOf(catalog, reference);
  const facts = { view: view.name, key: parts.map(String).join(',') };
  const names = keyColumns({ pk: view.key.pk, sk: [] });
  const keyRow = rowOfParts(view, names, parts, facts);
  const pk = renderKey({ pk: view.key.pk, sk: [] }, textIn(view, keyRow)).pk;
  if (!isStorableKey({ pk, sk: '' })) throw invalid(facts, 'it is longer than DynamoDB takes', names);
  return { view, pk, keyRow, facts };
}

/** @throws InvalidKeyError when the parts are not those of the view's sort key */
export function rangeOf(partition: Partition, from: KeyParts, to: KeyParts): SortRange {
  const low = sortPrefix(partition, from);
  const high = sortPrefix(partition, to);
  return {
    low: low.complete || low.text === '' ? low.text || undefined : low.text + SEPARATOR,
    high: high.complete || high.text === '' ? high.text || undefined : high.text + BEHIND_SEPARATOR,
  };
}

/** In bytes, as DynamoDB orders them. */
export const isWithin = ({ low, high }: SortRange, sk: string): boolean =>
  (low === undefined || compareBytes(low, sk) <= 0) && (high === undefined || compareBytes(sk, high) <= 0);

export const isEmpty = ({ low, high }: SortRange): boolean =>
  low !== undefined && high !== undefined && compareBytes(low, high) > 0;

/** Where an item of the partition belongs; undefined for items of other views. */
export function placeIn({ view }: Partition, item: Item): (Place & { readonly parts: readonly string[] }) | undefined {
  const itemKey = keyOf(item);
  const texts = isOf(view, itemKey);
  if (texts === undefined) return undefined;
  const names = addressColumns(view);
  const parts = names.map((name) => texts[name] ?? '');
  const keyRow = decodeTextRow(view.table, names, texts);
  return { view, itemKey, keyRow, parts, facts: { view: view.name, key: parts.join(',') } };
}

/** Parts of the key as texts; undefined for keys of other views. */
export function partsIn(view: ViewLike, key: ItemKey): readonly string[] | undefined {
  const texts = isOf(view, key);
  return texts && addressColumns(view).map((name) => texts[name] ?? '');
}

export const isOf = (view: ViewLike, key: ItemKey) => parseKey(view.key, key);

/** The sort key as far as it is known: its fixed words, the columns of the partition key, the parts given. */
function sortPrefix({ view, keyRow, facts }: Partition, parts: KeyParts): { text: string; complete: boolean } {
  const template: readonly KeyPart[] = view.key.sk;
  const open = keyColumns({ pk: [], sk: template }).filter((name) => keyRow[name] === undefined);
  if (parts.length > open.length) throw invalid(facts, `its sort key has ${open.length} part(s) to give`, open);
  const row = { ...keyRow, ...rowOfParts(view, open.slice(0, parts.length), parts, facts) };
  const unknown = template.findIndex((part) => typeof part !== 'string' && row[part.column] === undefined);
  const leading = unknown === -1 ? template : template.slice(0, unknown);
  const text = renderKey({ pk: [], sk: leading }, textIn(view, row)).sk;
  if (!isStorableKey({ pk: '', sk: text })) throw invalid(facts, 'it is longer than DynamoDB takes', open);
  return { text, complete: leading.length === template.length };
}

function rowOfParts(view: ViewLike, names: readonly string[], parts: KeyParts, facts: Partition['facts']): Row {
  if (parts.length !== names.length) {
    throw invalid(facts, `it needs ${names.length} part(s), and ${parts.length} were given`, names);
  }
  if (parts.includes('')) throw invalid(facts, 'a part is empty', names);
  try {
    return decodeTextRow(view.table, names, Object.fromEntries(names.map((name, i) => [name, String(parts[i])])));
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    throw invalid(facts, error.message, names, error);
  }
}

const textIn = (view: ViewLike, row: Row) => (name: string) => {
  const value = row[name];
  return value === undefined ? undefined : (toSqlText(view.table, name, value) ?? undefined);
};

export const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function invalid(facts: Partition['facts'], why: string, names: readonly string[], cause?: unknown): InvalidKeyError {
  const fix = `Give ${names.length === 0 ? 'none' : names.join(', ')} in this order.`;
  return new InvalidKeyError(`"${facts.key}" is no part of a key of ${facts.view}: ${why}.`, { ...facts, fix, cause });
}

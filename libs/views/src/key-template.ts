import type { ItemKey } from '@hybridge/protocol';
import { ViewError } from './errors.ts';

/** One part of a key: a fixed word, or a column of the row. */
export type KeyPart<Name extends string = string> = string | { readonly column: Name };

/** Partition and sort key as lists of parts, joined with `#`. The first part of `pk` is the view's key prefix. */
export interface KeyTemplate<Name extends string = string> {
  readonly pk: readonly KeyPart<Name>[];
  readonly sk: readonly KeyPart<Name>[];
}

export const column = <const Name extends string>(name: Name): { readonly column: Name } => ({ column: name });

const SEPARATOR = '#';

/** `#` and `%` inside a value are written `%23` and `%25`, so that no value can imitate another key. */
const escapePart = (value: string): string =>
  value.includes('#') || value.includes('%') ? value.replace(/[%#]/g, encodeURIComponent) : value;
const unescapePart = (value: string): string => value.replace(/%(23|25)/g, decodeURIComponent);

/** @param valueOf text of a key column @throws ViewError when a key column is missing */
export function renderKey(template: KeyTemplate, valueOf: (column: string) => string | undefined): ItemKey {
  return { pk: renderParts(template.pk, valueOf), sk: renderParts(template.sk, valueOf) };
}

/** As `renderKey`, of the partition key alone. */
export const renderPartition = ({ pk }: KeyTemplate, valueOf: (column: string) => string | undefined): string =>
  renderParts(pk, valueOf);

function renderParts(parts: readonly KeyPart[], valueOf: (column: string) => string | undefined): string {
  let key = '';
  for (const [i, part] of parts.entries()) {
    if (i > 0) key += SEPARATOR;
    key += typeof part === 'string' ? part : escapePart(required(part.column, valueOf));
  }
  return key;
}

function required(name: string, valueOf: (column: string) => string | undefined): string {
  const value = valueOf(name);
  if (value === undefined) throw new ViewError('HYBRIDGE_VIEW_KEY_INVALID', `Key column ${name} has no value.`);
  return value;
}

/** The key columns of an item key, or undefined when the key was not made by this template. */
export function parseKey(template: KeyTemplate, key: ItemKey): Readonly<Record<string, string>> | undefined {
  const values: Record<string, string> = {};
  return parseParts(template.pk, key.pk, values) && parseParts(template.sk, key.sk, values) ? values : undefined;
}

function parseParts(parts: readonly KeyPart[], key: string, values: Record<string, string>): boolean {
  const given = key.split(SEPARATOR);
  if (given.length !== parts.length) return false;
  return parts.every((part, i) => {
    const text = given[i] as string;
    if (typeof part === 'string') return part === text;
    const value = unescapePart(text);
    const known = values[part.column];
    values[part.column] = value;
    return known === undefined || known === value;
  });
}

/** Columns a template mentions, each once, in order. */
export const keyColumns = (template: KeyTemplate): readonly string[] => [
  ...new Set([...template.pk, ...template.sk].flatMap((part) => (typeof part === 'string' ? [] : [part.column]))),
];

/** Source: DynamoDB developer guide, "Service quotas": partition keys and sort keys. UTF-8. */
export const MAX_PARTITION_KEY_BYTES = 2_048;
export const MAX_SORT_KEY_BYTES = 1_024;

/** Whether DynamoDB takes the key; rows of a key that is too long have no item, and nobody can ask for one. */
export const isStorableKey = ({ pk, sk }: ItemKey): boolean =>
  Buffer.byteLength(pk) <= MAX_PARTITION_KEY_BYTES && Buffer.byteLength(sk) <= MAX_SORT_KEY_BYTES;

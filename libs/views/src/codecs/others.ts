import {
  type JsonValue,
  type PlainJson,
  formatJson,
  isJsonNumber,
  jsonNumber,
  numberText,
  parseJsonValue,
} from '@hybridge/contracts';
import { type AttributeValue, canonicalNumber } from '@hybridge/protocol';
import { UnstorableValueError, ViewError } from '../errors.ts';
import { type Codec, mismatch } from './codec.ts';
import { parseNumeric } from './numbers.ts';

export function bool(): Codec<boolean> {
  const parse = (value: unknown): AttributeValue => {
    if (value === true || value === 't' || value === 'true') return { BOOL: true };
    if (value === false || value === 'f' || value === 'false') return { BOOL: false };
    throw mismatch('boolean', value);
  };
  const read = (value: AttributeValue): boolean => {
    if ('BOOL' in value) return value.BOOL;
    throw mismatch('boolean', JSON.stringify(value));
  };
  return {
    sqlType: 'boolean',
    fromChange: parse,
    fromText: parse,
    fromImage: parse,
    toText: (value) => String(read(value)),
    toPlain: read,
    fromPlain: (value) => {
      if (typeof value !== 'boolean') throw mismatch('boolean', JSON.stringify(value));
      return { BOOL: value };
    },
  };
}

/** bytea, shown as base64. */
export function bytea(): Codec<string> {
  const parseHex = (value: unknown): AttributeValue => {
    if (typeof value !== 'string') throw mismatch('bytea', value);
    const hex = value.startsWith('\\x') ? value.slice(2) : value;
    if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(hex)) throw mismatch('bytea', value);
    return { B: new Uint8Array(Buffer.from(hex, 'hex')) };
  };
  const bytes = (value: AttributeValue): Buffer => {
    if ('B' in value) return Buffer.from(value.B);
    throw mismatch('bytea', JSON.stringify(value));
  };
  return {
    sqlType: 'bytea',
    fromChange: parseHex,
    fromText: parseHex,
    fromImage: parseHex,
    toText: (value) => `\\x${bytes(value).toString('hex')}`,
    toPlain: (value) => bytes(value).toString('base64'),
    fromPlain: (value) => {
      const decoded = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
      if (decoded?.toString('base64') !== value) throw mismatch('bytea (base64)', value);
      return { B: new Uint8Array(decoded as Buffer) };
    },
  };
}

/** json and jsonb as native maps, lists and numbers, so that readers need not parse text. */
export function jsonb(): Codec<PlainJson> {
  const parse = (value: string): AttributeValue => {
    try {
      return toAttribute(parseJsonValue(value));
    } catch (error) {
      if (error instanceof ViewError) throw error;
      throw mismatch('jsonb', value);
    }
  };
  return {
    sqlType: 'jsonb',
    fromChange: (value) => {
      if (typeof value !== 'string') throw mismatch('jsonb', value);
      return parse(value);
    },
    fromText: parse,
    fromImage: toAttribute,
    toText: (value) => formatJson(toJson(value)),
    toPlain,
    fromPlain: (value) => parse(JSON.stringify(value) ?? ''),
  };
}

function toAttribute(value: JsonValue): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'string') return { S: value };
  if (isJsonNumber(value)) return parseNumeric(numberText(value));
  if (Array.isArray(value)) return { L: (value as readonly JsonValue[]).map(toAttribute) };
  return { M: mapEntries(value as { readonly [name: string]: JsonValue }, toAttribute) };
}

function toJson(value: AttributeValue): JsonValue {
  if ('NULL' in value) return null;
  if ('BOOL' in value) return value.BOOL;
  if ('S' in value) return value.S;
  if ('N' in value) return jsonNumber(value.N);
  if ('L' in value) return value.L.map(toJson);
  if ('M' in value) return mapEntries(value.M, toJson);
  throw new UnstorableValueError('Binary values have no JSON form.');
}

/** Numbers a float holds exactly become numbers; all others stay decimal strings. */
function toPlain(value: AttributeValue): PlainJson {
  if ('N' in value) return canonicalNumber(String(Number(value.N))) === value.N ? Number(value.N) : value.N;
  if ('L' in value) return value.L.map(toPlain);
  if ('M' in value) return mapEntries(value.M, toPlain);
  return toJson(value) as PlainJson;
}

function mapEntries<A, B>(
  entries: { readonly [name: string]: A },
  map: (value: A) => B,
): { readonly [name: string]: B } {
  const result: Record<string, B> = {};
  for (const name of Object.keys(entries)) {
    const value = map(entries[name] as A);
    if (name !== '__proto__') result[name] = value;
    else Object.defineProperty(result, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

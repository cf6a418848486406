import { type JsonValue, type PlainJson, isJsonNumber, numberText } from '@hybridge/contracts';
import type { AttributeValue } from '@hybridge/protocol';
import { type Codec, mismatch, stringOf, textualCodec } from '../codec.ts';
import { bytea, jsonb } from '../others.ts';

/** BOOLEAN, which is TINYINT(1): every number but zero is true. */
export const boolean = (): Codec<boolean> => booleanCodec('boolean');

/** BIT(1). */
export const bit = (): Codec<boolean> => ({ ...booleanCodec('bit'), sqlForm: 'integer' });

function booleanCodec(sqlType: string): Codec<boolean> {
  const parse = (value: JsonValue): AttributeValue => {
    if (typeof value === 'boolean') return { BOOL: value };
    const digits = isJsonNumber(value) ? numberText(value) : value;
    if (typeof digits !== 'string' || !/^-?\d+$/.test(digits)) throw mismatch(sqlType, value);
    return { BOOL: BigInt(digits) !== 0n };
  };
  const read = (value: AttributeValue): boolean => {
    if ('BOOL' in value) return value.BOOL;
    throw mismatch(sqlType, JSON.stringify(value));
  };
  return {
    sqlType,
    fromChange: parse,
    fromText: parse,
    fromImage: parse,
    toText: (value) => (read(value) ? '1' : '0'),
    toPlain: read,
    fromPlain: (value) => {
      if (typeof value !== 'boolean') throw mismatch(sqlType, JSON.stringify(value));
      return { BOOL: value };
    },
  };
}

/** BIT(2) to BIT(64), as the unsigned integer of these bits. Shown as a decimal string. */
export function bits(): Codec<string> {
  const parse = (text: string): AttributeValue => {
    if (!/^\d{1,20}$/.test(text)) throw mismatch('bit', text);
    return { N: BigInt(text).toString() };
  };
  const codec = textualCodec({
    sqlType: 'bit',
    parse,
    toText: (value) => stringOf(value, 'N', 'bit'),
    toPlain: (value) => stringOf(value, 'N', 'bit'),
  });
  return {
    ...codec,
    sqlForm: 'integer',
    // Debezium writes the bytes in base64, the lowest first.
    fromChange: (value) => {
      if (typeof value !== 'string') throw mismatch('bit', value);
      const bytes = Buffer.from(value, 'base64').reverse();
      return { N: BigInt(`0x0${bytes.toString('hex')}`).toString() };
    },
  };
}

/** BINARY, VARBINARY and the BLOBs, shown as base64. */
export function blob(): Codec<string> {
  const codec = bytea();
  return { ...codec, sqlType: 'blob', sqlForm: 'hex', toText: (value) => codec.toText(value).slice('\\x'.length) };
}

/** JSON as native maps, lists and numbers. MariaDB's is a text that is checked to be JSON, and comes as one. */
export function json(): Codec<PlainJson> {
  const codec = jsonb();
  return {
    ...codec,
    sqlType: 'json',
    fromImage: (value) => {
      if (typeof value !== 'string') throw mismatch('json', JSON.stringify(value));
      return codec.fromText(value);
    },
  };
}

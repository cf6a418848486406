import { type JsonValue, type PlainJson, isJsonNumber, numberText } from '@hybridge/contracts';
import type { AttributeValue } from '@hybridge/protocol';
import { ViewError } from '../errors.ts';

/**
 * One SQL type's way to and from an attribute value. A row reaches the view on three ways (change event, SQL driver,
 * `to_jsonb` image); all three must give identical attributes, or a settled change would look different for ever.
 * NULL is handled outside: codecs see only present values.
 */
export interface Codec<Plain extends PlainJson = PlainJson> {
  /** The SQL type, as error messages name it. */
  readonly sqlType: string;
  /** How MariaDB and MySQL give and take the value; left out: as the text it is. */
  readonly sqlForm?: SqlForm;
  /** Set where SQL may call values equal, or order them, otherwise than by their text: collations, lists of names. */
  readonly collation?: Collation;
  /** Why no key can have a column of the type; left out: keys can. */
  readonly noKey?: string;
  /** The codec of a column that is never NULL; left out: this one. */
  readonly whenNotNull?: Codec<Plain>;
  /** A value of a change event. @throws ViewError, UnstorableValueError, LostValueError */
  fromChange(value: JsonValue): AttributeValue;
  /** The text form of the SQL driver (session time zone UTC, ISO dates). */
  fromText(value: string): AttributeValue;
  /** A value of a `to_jsonb` image. */
  fromImage(value: JsonValue): AttributeValue;
  /** The text form of a SQL parameter. */
  toText(value: AttributeValue): string;
  /** What API and events show. */
  toPlain(value: AttributeValue): Plain;
  /** What a customer sent. @throws ViewError naming type and value */
  fromPlain(value: unknown): AttributeValue;
}

/** hex: bytes as hexadecimal digits · integer: bits as an unsigned integer */
export type SqlForm = 'hex' | 'integer';

/** text: equal and in order by a collation, such as one without case · names: ordered by their place in a list */
export type Collation = 'text' | 'names';

export function mismatch(sqlType: string, value: unknown): ViewError {
  const shown = typeof value === 'string' ? `"${value}"` : String(value);
  return new ViewError('HYBRIDGE_VIEW_VALUE_INVALID', `${shown.slice(0, 120)} is not a value of type ${sqlType}.`);
}

/** A text that has a point, without the zeros at its end, and without a point left there. */
export function withoutTrailingZeros(text: string): string {
  let end = text.length;
  while (text[end - 1] === '0') end--;
  return text.slice(0, text[end - 1] === '.' ? end - 1 : end);
}

/** The string inside an attribute value of the expected kind. */
export function stringOf(value: AttributeValue, kind: 'S' | 'N', sqlType: string): string {
  if (kind === 'S' && 'S' in value) return value.S;
  if (kind === 'N' && 'N' in value) return value.N;
  throw mismatch(sqlType, JSON.stringify(value));
}

/** A codec whose change, image and driver forms are read by one parser of text. */
export function textualCodec<Plain extends PlainJson>(options: {
  sqlType: string;
  parse: (text: string) => AttributeValue;
  toText: (value: AttributeValue) => string;
  toPlain: (value: AttributeValue) => Plain;
}): Codec<Plain> {
  const { sqlType, parse, toText, toPlain } = options;
  return {
    sqlType,
    // Debezium writes only integers and floats as numbers: their value counts, and not how they were parsed.
    fromChange: (value) => {
      if (typeof value === 'string') return parse(value);
      if (isJsonNumber(value)) return parse(numberText(value));
      throw mismatch(sqlType, value);
    },
    // An image has decimals as numbers: their digits count, where a column is read as text.
    fromImage: (value) => {
      if (typeof value === 'string' || isJsonNumber(value)) return parse(String(value));
      throw mismatch(sqlType, value);
    },
    fromText: parse,
    toText,
    toPlain,
    fromPlain: (value) => {
      if (typeof value !== 'string' && typeof value !== 'number') throw mismatch(sqlType, JSON.stringify(value));
      return parse(String(value));
    },
  };
}

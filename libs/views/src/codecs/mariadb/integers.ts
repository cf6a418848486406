import { type JsonValue, isJsonNumber, numberText } from '@hybridge/contracts';
import type { AttributeValue } from '@hybridge/protocol';
import { type Codec, mismatch, stringOf, textualCodec } from '../codec.ts';

/** As the column is declared. */
export interface IntegerOptions {
  /** Default false. */
  readonly unsigned?: boolean;
}

interface Kind<Plain extends string | number> extends IntegerOptions {
  readonly sqlType: string;
  readonly bits: bigint;
  readonly toPlain: (digits: string) => Plain;
}

function integerCodec<Plain extends string | number>({ sqlType, bits, unsigned, toPlain }: Kind<Plain>): Codec<Plain> {
  const name = unsigned === true ? `${sqlType} unsigned` : sqlType;
  const most = 2n ** (unsigned === true ? bits : bits - 1n) - 1n;
  const least = unsigned === true ? 0n : -most - 1n;
  const checked = (value: bigint): AttributeValue => {
    if (value < least || value > most) throw mismatch(name, value);
    return { N: value.toString() };
  };
  const parse = (text: string): AttributeValue => {
    if (!/^-?\d+$/.test(text)) throw mismatch(name, text); // ZEROFILL writes zeros in front
    return checked(BigInt(text));
  };
  const codec = textualCodec({
    sqlType: name,
    parse,
    toText: (value) => stringOf(value, 'N', name),
    toPlain: (value) => toPlain(stringOf(value, 'N', name)),
  });
  return {
    ...codec,
    fromChange: (value) => {
      if (typeof value === 'boolean') return checked(value ? 1n : 0n); // a column that was made as BOOLEAN
      return codec.fromChange(unsigned === true && bits === 64n ? unsigned64(value) : value);
    },
  };
}

/** Debezium writes BIGINT UNSIGNED as the signed number of the same 64 bits. */
function unsigned64(value: JsonValue): JsonValue {
  const digits = isJsonNumber(value) ? numberText(value) : value;
  return typeof digits === 'string' && /^-\d+$/.test(digits) ? String(BigInt.asUintN(64, BigInt(digits))) : value;
}

export const tinyint = (options: IntegerOptions = {}): Codec<number> =>
  integerCodec({ ...options, sqlType: 'tinyint', bits: 8n, toPlain: Number });
export const smallint = (options: IntegerOptions = {}): Codec<number> =>
  integerCodec({ ...options, sqlType: 'smallint', bits: 16n, toPlain: Number });
export const mediumint = (options: IntegerOptions = {}): Codec<number> =>
  integerCodec({ ...options, sqlType: 'mediumint', bits: 24n, toPlain: Number });
export const int = (options: IntegerOptions = {}): Codec<number> =>
  integerCodec({ ...options, sqlType: 'int', bits: 32n, toPlain: Number });
/** Shown as a string: JSON consumers hold integers above 2^53 only so. */
export const bigint = (options: IntegerOptions = {}): Codec<string> =>
  integerCodec({ ...options, sqlType: 'bigint', bits: 64n, toPlain: String });

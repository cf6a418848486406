import type { JsonValue } from '@hybridge/contracts';
import { type AttributeValue, NULL, canonicalNumber } from '@hybridge/protocol';
import { UnstorableValueError } from '../errors.ts';
import { type Codec, mismatch, stringOf, textualCodec, withoutTrailingZeros } from './codec.ts';

/** DynamoDB's limits of a number: 38 significant digits, magnitude 1E-130 to 9.99…E+125. */
const MAX_DIGITS = 38;
const MIN_EXPONENT = -130;
const MAX_EXPONENT = 125;

const integerCodec = <Plain extends string | number>(
  sqlType: string,
  bits: bigint,
  toPlain: (digits: string) => Plain,
): Codec<Plain> => {
  const limit = 2n ** (bits - 1n);
  const smallLimit = Math.min(Number(limit), Number.MAX_SAFE_INTEGER);
  const parse = (text: string): AttributeValue => {
    if (!/^-?\d+$/.test(text)) throw mismatch(sqlType, text);
    const small = Number(text);
    if (small > -smallLimit && small < smallLimit) return { N: String(small) };
    const value = BigInt(text);
    if (value < -limit || value >= limit) throw mismatch(sqlType, text);
    return { N: value.toString() };
  };
  const codec = textualCodec({
    sqlType,
    parse,
    toText: (value) => stringOf(value, 'N', sqlType),
    toPlain: (value) => toPlain(stringOf(value, 'N', sqlType)),
  });
  const isSmall = (value: JsonValue): value is number =>
    Number.isInteger(value) && (value as number) > -smallLimit && (value as number) < smallLimit;
  return { ...codec, fromChange: (value) => (isSmall(value) ? { N: String(value) } : codec.fromChange(value)) };
};

export const int2 = (): Codec<number> => integerCodec('smallint', 16n, Number);
export const int4 = (): Codec<number> => integerCodec('integer', 32n, Number);
/** Shown as a string: JSON consumers hold integers above 2^53 only so. */
export const int8 = (): Codec<string> => integerCodec('bigint', 64n, String);

/** What becomes of numbers that DynamoDB's own cannot hold. */
export interface NumberOptions {
  /** NaN and the infinities: `string` (default) keeps their names, `null` shows them as NULL. */
  readonly special?: 'string' | 'null';
  /** Too many digits, too large or too small: `quarantine` (default) the row, or keep the number as a `string`. */
  readonly overflow?: 'quarantine' | 'string';
}

/** A column in which NaN and the infinities are NULL may be null whatever SQL says. */
type NullSpecial = NumberOptions & { readonly special: 'null' };

/** Any NUMERIC. Shown as a decimal string. */
export function numeric(options: NullSpecial): Codec<string | null>;
export function numeric(options?: NumberOptions): Codec<string>;
export function numeric(options: NumberOptions = {}): Codec<string | null> {
  return textualCodec<string | null>({
    sqlType: 'numeric',
    parse: parserOf(options),
    toText: numberText,
    toPlain: numberText,
  });
}

/**
 * float4, in the shortest form that reads back as the same number: PostgreSQL writes as few digits as are needed,
 * change events sometimes more, and only at this width are the two one number.
 */
export function float4(options: Pick<NullSpecial, 'special'>): Codec<number | string | null>;
export function float4(options?: Pick<NumberOptions, 'special'>): Codec<number | string>;
export function float4({ special }: Pick<NumberOptions, 'special'> = {}): Codec<number | string | null> {
  return floatCodec('real', parserOf(special === undefined ? {} : { special }), shortestSingle);
}

/** float8, in the shortest form that reads back as the same number. */
export function float8(options: NullSpecial): Codec<number | string | null>;
export function float8(options?: NumberOptions): Codec<number | string>;
export function float8(options: NumberOptions = {}): Codec<number | string | null> {
  return floatCodec('double precision', parserOf(options), shortest);
}

const floatCodec = (
  sqlType: string,
  parse: (text: string) => AttributeValue,
  shortestOf: (text: string) => string,
): Codec<number | string | null> =>
  textualCodec<number | string | null>({
    sqlType,
    parse: (text) => parse(specialName(text) ?? shortestOf(text)),
    toText: numberText,
    toPlain: (value) => ('N' in value ? Number(value.N) : numberText(value)),
  });

function parserOf({ special, overflow }: NumberOptions): (text: string) => AttributeValue {
  if (special !== 'null' && overflow !== 'string') return parseNumeric;
  return (text) => {
    if (special === 'null' && specialName(text) !== undefined) return NULL;
    try {
      return parseNumeric(text);
    } catch (error) {
      if (overflow !== 'string' || !(error instanceof UnstorableValueError)) throw error;
      return { S: canonicalNumber(text) as string };
    }
  };
}

function shortest(text: string): string {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw mismatch('double precision', text);
  return String(value);
}

/** As many digits as tell every two floats of 32 bits apart. */
const SINGLE_DIGITS = 9;

function shortestSingle(text: string): string {
  const value = Math.fround(Number(text));
  if (text.trim() === '' || !Number.isFinite(value)) throw mismatch('real', text);
  let digits = 1;
  while (digits < SINGLE_DIGITS && Math.fround(Number(value.toPrecision(digits))) !== value) digits++;
  return String(Number(value.toPrecision(digits)));
}

/** Of so few digits that every number of this form can be stored. */
const SHORT_DECIMAL = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?$/;

/** Any decimal number, or the name of a special one. @throws ViewError, UnstorableValueError */
export function parseNumeric(text: string): AttributeValue {
  if (SHORT_DECIMAL.test(text)) return { N: shortDecimal(text) };
  const name = specialName(text);
  if (name !== undefined) return { S: name };
  const digits = canonicalNumber(text);
  if (digits === undefined) throw mismatch('numeric', text);
  assertStorable(digits);
  return { N: digits };
}

function shortDecimal(text: string): string {
  const digits = text.includes('.') ? withoutTrailingZeros(text) : text;
  return digits === '-0' ? '0' : digits;
}

const SPECIAL: ReadonlyMap<string, string> = new Map([
  ['nan', 'NaN'],
  ['infinity', 'Infinity'],
  ['-infinity', '-Infinity'],
  ['positive_infinity', 'Infinity'],
  ['negative_infinity', '-Infinity'],
]);

const specialName = (text: string): string | undefined => SPECIAL.get(text.toLowerCase());

function assertStorable(digits: string): void {
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const significant = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '');
  const exponent = whole === '0' ? -(/^0*/.exec(fraction)?.[0].length ?? 0) - 1 : whole.length - 1;
  if (significant === '') return;
  if (significant.length > MAX_DIGITS || exponent > MAX_EXPONENT || exponent < MIN_EXPONENT) {
    throw new UnstorableValueError(
      `${digits.slice(0, 60)} has ${significant.length} significant digits and exponent ${exponent}; ` +
        `DynamoDB holds ${MAX_DIGITS} digits and exponents from ${MIN_EXPONENT} to ${MAX_EXPONENT}.`,
    );
  }
}

const numberText = (value: AttributeValue): string => ('N' in value ? value.N : stringOf(value, 'S', 'numeric'));

import { type AttributeValue, canonicalNumber } from '@hybridge/protocol';
import { UnstorableValueError } from '../errors.ts';
import { type Codec, mismatch, stringOf, textualCodec } from './codec.ts';

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
  const parse = (text: string): AttributeValue => {
    if (!/^-?\d+$/.test(text)) throw mismatch(sqlType, text);
    const value = BigInt(text);
    if (value < -limit || value >= limit) throw mismatch(sqlType, text);
    return { N: value.toString() };
  };
  return textualCodec({
    sqlType,
    parse,
    toText: (value) => stringOf(value, 'N', sqlType),
    toPlain: (value) => toPlain(stringOf(value, 'N', sqlType)),
  });
};

export const int2 = (): Codec<number> => integerCodec('smallint', 16n, Number);
export const int4 = (): Codec<number> => integerCodec('integer', 32n, Number);
/** Shown as a string: JSON consumers hold integers above 2^53 only so. */
export const int8 = (): Codec<string> => integerCodec('bigint', 64n, String);

/** Any NUMERIC. Shown as a decimal string. NaN and the infinities are stored as their names. */
export const numeric = (): Codec<string> =>
  textualCodec({
    sqlType: 'numeric',
    parse: parseNumeric,
    toText: numberText,
    toPlain: numberText,
  });

/** float4 and float8, in the shortest form that reads back as the same number. */
export const float8 = (): Codec<number | string> =>
  textualCodec<number | string>({
    sqlType: 'double precision',
    parse: (text) => (isSpecial(text) ? special(text) : parseNumeric(shortest(text))),
    toText: numberText,
    toPlain: (value) => ('N' in value ? Number(value.N) : numberText(value)),
  });

function shortest(text: string): string {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw mismatch('double precision', text);
  return String(value);
}

function parseNumeric(text: string): AttributeValue {
  if (isSpecial(text)) return special(text);
  const digits = canonicalNumber(text);
  if (digits === undefined) throw mismatch('numeric', text);
  assertStorable(digits);
  return { N: digits };
}

const SPECIAL: Readonly<Record<string, string>> = {
  nan: 'NaN',
  infinity: 'Infinity',
  '-infinity': '-Infinity',
  positive_infinity: 'Infinity',
  negative_infinity: '-Infinity',
};

const isSpecial = (text: string): boolean => SPECIAL[text.toLowerCase()] !== undefined;
const special = (text: string): AttributeValue => ({ S: SPECIAL[text.toLowerCase()] as string });

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

import { isJsonNumber, numberText } from '@hybridge/contracts';
import { type AttributeValue } from '@hybridge/protocol';
import { type Codec, mismatch, stringOf, textualCodec } from '../codec.ts';
import { type NumberOptions, float8, numeric, parseNumeric } from '../numbers.ts';

/** DECIMAL and NUMERIC of any precision. Shown as a decimal string. */
export const decimal = (options: Pick<NumberOptions, 'overflow'> = {}): Codec<string> => numeric(options);

/** DOUBLE, in the shortest form that reads back as the same number. */
export const double = (): Codec<number | string> => float8();

/** As many digits as the server itself prints: a snapshot, a read and an image have no more, whatever events have. */
const FLOAT_DIGITS = 6;

/** FLOAT, with six significant digits. */
export const float = (): Codec<number> =>
  textualCodec({
    sqlType: 'float',
    parse: (text): AttributeValue => {
      const value = Math.fround(Number(text));
      if (text.trim() === '' || !Number.isFinite(value)) throw mismatch('float', text);
      return parseNumeric(String(Number(value.toPrecision(FLOAT_DIGITS))));
    },
    toText: (value) => stringOf(value, 'N', 'float'),
    toPlain: (value) => Number(stringOf(value, 'N', 'float')),
  });

/** What the binlog's reader makes of the year 0; the column itself begins with 1901. */
const YEAR_ZERO = '1900';

/** YEAR. A row of a snapshot has 2000 in the place of 0, until it changes. */
export function year(): Codec<number> {
  const codec = textualCodec({
    sqlType: 'year',
    parse: (text): AttributeValue => {
      if (!/^\d{1,4}$/.test(text)) throw mismatch('year', text);
      return { N: String(Number(text)) };
    },
    toText: (value) => stringOf(value, 'N', 'year'),
    toPlain: (value) => Number(stringOf(value, 'N', 'year')),
  });
  return {
    ...codec,
    fromChange: (value) => codec.fromChange(isJsonNumber(value) && numberText(value) === YEAR_ZERO ? 0 : value),
  };
}

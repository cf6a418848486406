import type { Schema } from './value-schema.ts';

const integer = (bits: number): readonly [signed: Schema, unsigned: Schema] => [
  { type: 'integer', minimum: -(2 ** (bits - 1)), maximum: 2 ** (bits - 1) - 1 },
  { type: 'integer', minimum: 0, maximum: 2 ** bits - 1 },
];
const [tinyint, tinyintUnsigned] = integer(8);
const [, smallintUnsigned] = integer(16);
const [mediumint, mediumintUnsigned] = integer(24);
const [int, intUnsigned] = integer(32);

/** Pattern of the whole numbers from 0 to this one. */
const upTo = (most: string): string => {
  const below = [...most].flatMap((digit, i) =>
    digit === '0' ? [] : [`${most.slice(0, i)}[0-${Number(digit) - 1}][0-9]{${most.length - i - 1}}`],
  );
  return `^(?:[0-9]{1,${most.length - 1}}|${[...below, most].join('|')})$`;
};

const LARGEST_FLOAT = 3.4e38;

/** The types that PostgreSQL does not have, or has otherwise, as in `VALUES`. @param instant pattern of days and times there are */
export const mariadbValues = (text: Schema, instant: string): Readonly<Record<string, Schema>> => ({
  tinyint,
  'tinyint unsigned': tinyintUnsigned,
  'smallint unsigned': smallintUnsigned,
  mediumint,
  'mediumint unsigned': mediumintUnsigned,
  int,
  'int unsigned': intUnsigned,
  'bigint unsigned': {
    type: 'string',
    pattern: upTo('18446744073709551615'),
    description: 'Whole number of 64 bits, not negative, as text.',
  },
  float: { type: 'number', minimum: -LARGEST_FLOAT, maximum: LARGEST_FLOAT },
  year: { type: 'integer', minimum: 0, maximum: 9999 },
  varchar: text,
  enum: text,
  set: { ...text, description: 'Names in the order of the definition, with commas between them.' },
  datetime: { type: 'string', pattern: `^${instant}$`, description: 'YYYY-MM-DDTHH:MM:SS[.ffffff]' },
  timestamp: { type: 'string', pattern: `^${instant}Z$`, description: 'YYYY-MM-DDTHH:MM:SS[.ffffff]Z' },
  time: {
    type: 'string',
    pattern: '^-?[0-9]{2,3}:[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?$',
    description: 'A time of day or a length of time, [-]HH:MM:SS[.ffffff].',
  },
  bit: { type: ['boolean', 'string'], description: 'BIT(1) as a boolean, a longer one as a whole number in text.' },
  blob: { type: 'string', contentEncoding: 'base64' },
  json: { $ref: '#/components/schemas/Json' },
});

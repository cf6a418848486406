/**
 * Values as texts whose bytes sort as the values do, for the keys of indexes. One way only: documents are read from the
 * item's own columns.
 */
import { type AttributeValue, canonicalNumber } from '@hybridge/protocol';

export const SortKind = { number: 'number', text: 'text', time: 'time', boolean: 'boolean' } as const;
export type SortKind = (typeof SortKind)[keyof typeof SortKind];

const INTEGERS = ['tinyint', 'smallint', 'mediumint', 'int', 'integer', 'bigint'];
const TYPES: Readonly<Record<SortKind, readonly string[]>> = {
  number: [
    ...INTEGERS,
    ...INTEGERS.map((type) => `${type} unsigned`),
    'numeric',
    'double precision',
    'real',
    'float',
    'year',
  ],
  text: ['text', 'varchar', 'uuid', 'enum', 'set', 'inet'],
  time: ['date', 'timestamp with time zone', 'timestamp without time zone', 'datetime', 'timestamp'],
  boolean: ['boolean'],
};

const KINDS: ReadonlyMap<string, SortKind> = new Map(
  Object.values(SortKind).flatMap((kind) => TYPES[kind].map((type) => [type, kind] as const)),
);

/** How values of a SQL type sort; undefined where they have no order that a text can keep. */
export const sortKindOf = (sqlType: string): SortKind | undefined => KINDS.get(sqlType);

/**
 * The text to sort by. No text holds a character below `$`, so that texts joined with `#` sort part by part.
 * @returns undefined for a value that is not of the kind
 */
export function sortableText(kind: SortKind, value: AttributeValue): string | undefined {
  if (kind === SortKind.boolean) return 'BOOL' in value ? String(value.BOOL) : undefined;
  if (kind === SortKind.number) return sortableNumber(value);
  if (!('S' in value)) return undefined;
  return kind === SortKind.time ? sortableTime(value.S) : escapeSortable(value.S);
}

/** `$` and what sorts before it, as `$` and a letter or digit: keeps the order of code points, and frees `#`. */
const escapeSortable = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- they sort before the separator
  text.replace(/[\u0000-$]/g, (character) => `$${String.fromCharCode(character.charCodeAt(0) + 0x30)}`);

/** As PostgreSQL orders them: NaN is above everything. */
const SPECIAL: ReadonlyMap<string, string> = new Map([
  ['-Infinity', 'a'],
  ['0', 'c'],
  ['Infinity', 'e'],
  ['NaN', 'f'],
]);
const NEGATIVE = 'b';
const POSITIVE = 'd';

const EXPONENT_DIGITS = 6;
const EXPONENT_BIAS = 10 ** EXPONENT_DIGITS / 2;
/** Sorts behind every digit: of two negative numbers that begin alike, the one of fewer digits is the greater. */
const END_OF_NEGATIVE = '~';

function sortableNumber(value: AttributeValue): string | undefined {
  const text = numberTextOf(value);
  return text === undefined ? undefined : (SPECIAL.get(text) ?? scientific(text));
}

/** Numbers that DynamoDB's own cannot hold are strings in the item. */
function numberTextOf(value: AttributeValue): string | undefined {
  if ('N' in value) return canonicalNumber(value.N);
  if (!('S' in value)) return undefined;
  return SPECIAL.has(value.S) || /^-?\d+(\.\d+)?$/.test(value.S) ? value.S : undefined;
}

/** Sign, exponent and digits; the latter two turned round below zero. */
function scientific(canonical: string): string | undefined {
  const isNegative = canonical.startsWith('-');
  const [whole = '', fraction = ''] = canonical.slice(isNegative ? 1 : 0).split('.');
  const firstOfFraction = fraction.search(/[1-9]/);
  const exponent = whole === '0' ? -firstOfFraction - 1 : whole.length - 1;
  const biased = exponent + EXPONENT_BIAS;
  if (biased < 0 || biased >= 2 * EXPONENT_BIAS) return undefined;
  const digits = (whole === '0' ? fraction.slice(firstOfFraction) : whole + fraction).replace(/0+$/, '');
  const magnitude = String(biased).padStart(EXPONENT_DIGITS, '0') + digits;
  return isNegative ? NEGATIVE + nines(magnitude) + END_OF_NEGATIVE : POSITIVE + magnitude;
}

const nines = (digits: string): string => digits.replace(/\d/g, (digit) => String(9 - Number(digit)));

/** Years of more than four digits, as the codecs write them: after those of four. */
const FAR_YEAR = /^(\d{5,7})(-.*)$/;

/** Without `Z`, which sorts behind the point of a fraction. */
function sortableTime(text: string): string {
  if (text === '-infinity') return '-';
  if (text === 'infinity') return 'z';
  const time = text.endsWith('Z') ? text.slice(0, -1) : text;
  const far = FAR_YEAR.exec(time);
  return escapeSortable(far === null ? time : `a${far[1]?.padStart(7, '0')}${far[2]}`);
}

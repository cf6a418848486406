/** Columns of a table of every type, and what may stand in them, as SQL literals. */
import { type Column, nullable } from '@hybridge/views';
import fc from 'fast-check';

/** One column. */
export interface Cell {
  /** Its type in SQL. */
  readonly sql: string;
  readonly column: Column;
  /** Values every run has, as SQL literals. */
  readonly edges: readonly string[];
  /** SQL literals. */
  readonly random: fc.Arbitrary<string>;
  /** Values that only changes tell right, as SQL literals. */
  readonly lostInSnapshots: readonly string[];
}

/** Cells by the name of their column. */
export type Cells = Readonly<Record<string, Cell>>;

/** Values of a column: those every run has, and by chance. Texts in the form the type takes. */
export interface Values {
  readonly edges: readonly (string | bigint | number)[];
  readonly random?: fc.Arbitrary<string | bigint | number>;
  /** Values that only changes tell right: the connector's snapshot has another one for them. */
  readonly lostInSnapshots?: readonly string[];
}

/** @param literal makes a SQL literal of the text of a value */
export const cellsWith =
  (literal: (text: string) => string) =>
  (sql: string, codec: Parameters<typeof nullable>[0], { edges, random, lostInSnapshots = [] }: Values): Cell => {
    const lost = lostInSnapshots.map(literal);
    const literals = [...edges.map((value) => literal(String(value))), ...lost];
    return {
      ...{ sql, column: nullable(codec), edges: [...literals, 'NULL'], lostInSnapshots: lost },
      random: random?.map((value) => literal(String(value))) ?? fc.constantFrom(...literals, 'NULL'),
    };
  };

export type RowLiterals = Readonly<Record<string, string>>;

/** Rows in which every edge of every column stands once, or more often, and then random ones. The same for the same seed. */
export function rowsOf(cells: Cells, count: number, seed: number): readonly RowLiterals[] {
  const most = Math.max(...Object.values(cells).map(({ edges }) => edges.length));
  const edges = Array.from({ length: most }, (_, n) =>
    Object.fromEntries(
      Object.entries(cells).map(([name, cell]) => [name, cell.edges[n % cell.edges.length] ?? 'NULL']),
    ),
  );
  const record = fc.record(Object.fromEntries(Object.entries(cells).map(([name, { random }]) => [name, random])));
  return [...edges, ...fc.sample(record, { numRuns: Math.max(count - most, 0), seed })];
}

/** The rows, with NULL for what snapshots do not tell right. */
export const forSnapshot = (cells: Cells, rows: readonly RowLiterals[]): readonly RowLiterals[] =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, literal]) => [
        name,
        cells[name]?.lostInSnapshots.includes(literal) === true ? 'NULL' : literal,
      ]),
    ),
  );

const signedOf = (bits: bigint): readonly bigint[] => [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n, 0n, -1n];
/** Whole numbers of a width, signed. */
export const signed = (bits: bigint): Values => ({
  edges: signedOf(bits),
  random: fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }),
});
export const unsigned = (bits: bigint): Values => ({
  edges: [0n, 2n ** bits - 1n, 2n ** (bits - 1n)],
  random: fc.bigInt({ min: 0n, max: 2n ** bits - 1n }),
});

/** Decimals of up to so many digits, with up to so many of them behind the point. */
export const decimals = (digits: number, scale: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** BigInt(digits) - 1n }), fc.nat({ max: scale }))
    .map(([below, all, behind]) => {
      const text = String(all).padStart(behind + 1, '0');
      return `${below ? '-' : ''}${text.slice(0, text.length - behind)}.${text.slice(text.length - behind)}0`;
    });

export const doubles = fc.double({ noNaN: true, noDefaultInfinity: true }).map(numberLiteral);
export const floats = fc.float({ noNaN: true, noDefaultInfinity: true }).map(numberLiteral);

function numberLiteral(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

export const texts = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...`ab'"\\%_?:;$\`\n\r\t\u001a é€😀{}[],`), maxLength: 40 }),
  )
  .map((text) => text.replaceAll('\0', ''));
export const EDGE_TEXTS = [
  '',
  ' ',
  '  a  ',
  'null',
  'NULL',
  '\\',
  `'"`,
  'a\nb\r\n\t',
  '😀👩‍👩‍👧 𝕳',
  '日本 é é',
  '\u2028\u0001\u007f',
];

export const hex = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex'));
export const EDGE_HEX = ['', '00', '000000', 'ff00', '610000', '0061', '5c27', 'e28080'];

const two = (value: number): string => String(value).padStart(2, '0');
export const micros = fc.oneof(
  fc.constantFrom('000000', '000001', '500000', '999999', '120000'),
  fc.nat({ max: 999_999 }).map((fraction) => String(fraction).padStart(6, '0')),
);
/** Every so many days of the years given, at any second. */
export const moments = (min: string, max: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.date({ min: new Date(min), max: new Date(max), noInvalidDate: true }), micros)
    .map(([date, fraction]) => `${date.toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`);
export const days = (min: string, max: string): fc.Arbitrary<string> =>
  fc.date({ min: new Date(min), max: new Date(max), noInvalidDate: true }).map((day) => day.toISOString().slice(0, 10));
/** Lengths of time of less than 839 hours. */
export const durations = fc
  .tuple(fc.boolean(), fc.nat({ max: 838 }), fc.nat({ max: 59 }), fc.nat({ max: 59 }), micros)
  .map(([below, h, m, s, fraction]) => `${below ? '-' : ''}${two(h)}:${two(m)}:${two(s)}.${fraction}`);

/** JSON texts that any JSON column takes. */
export const EDGE_JSON = [
  '{}',
  '[]',
  'null',
  '""',
  '0',
  '-0',
  '-0.0',
  '1.10',
  '1e2',
  '1E-7',
  '9223372036854775808',
  '-18446744073709551615',
  '0.1234567890123456789012345678901234567',
  '{"a": 1, "a": 2}',
  '{"a": 1, "b": 1e3, "a": {"c": 12345678901234567890}}',
  '{"": [null, true, {"__proto__": 1}], "ä😀": "\\u00e9\\ud83d\\ude00\\n\\/"}',
  '[1e200]',
  '[123456789012345678901234567890123456789]',
  '"\\\\ \\" \\t"',
  ' { "b" : 1 ,\n"a" : [ ] } ',
];
export const json = fc.oneof(
  fc.json({ maxDepth: 3 }).filter((text) => !/\\u0000|\\ud[89a-f]/i.test(text)),
  decimals(38, 20),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((n) => `{"n": [${n}, "${n}"]}`),
);

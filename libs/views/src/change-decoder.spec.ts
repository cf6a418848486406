import { type JsonRow, jsonNumber, parseJson, parseJsonValue } from '@hybridge/contracts';
import type { AttributeValue } from '@hybridge/protocol';
import fc from 'fast-check';
import { changeDecoder } from './change-decoder.ts';
import type { Codec } from './codecs/codec.ts';
import { float8, int2, int4, int8, numeric } from './codecs/numbers.ts';
import { bool, bytea, jsonb } from './codecs/others.ts';
import { date, text, timestamp, timestamptz, uuid } from './codecs/text.ts';
import { column } from './key-template.ts';
import { UNAVAILABLE, columnsOfView, decodeChangeRow, keyOfRow, projectRow } from './row.ts';
import { source } from './source.ts';
import { type AnyTable, type Columns, notNull, nullable, table } from './table.ts';
import { type AnyView, type ViewDefinition, view } from './view.ts';

const codecs = {
  int2: int2(),
  int4: int4(),
  int8: int8(),
  numeric: numeric(),
  float8: float8(),
  text: text(),
  bool: bool(),
  uuid: uuid(),
  date: date(),
  timestamp: timestamp(),
  timestamptz: timestamptz(),
  bytea: bytea(),
  jsonb: jsonb(),
} satisfies Record<string, Codec>;

const everything: AnyTable = table({
  source: source('test', 'postgres'),
  name: 'public.everything',
  primaryKey: ['id', 'label'],
  columns: {
    id: notNull(int8()),
    label: notNull(text()),
    ...Object.fromEntries(Object.entries(codecs).map(([name, codec]) => [name, nullable(codec as Codec)])),
  },
});
const definition: ViewDefinition<Columns, { readonly [attribute: string]: string }> = {
  table: everything,
  key: { pk: ['e1', column('id')], sk: ['E', column('label')] },
  attributes: { ...Object.fromEntries(Object.keys(codecs).map((name) => [`${name}Value`, name])), label: 'label' },
};
const flat = view('everything', definition);
const packed = view('everything-packed', { ...definition, layout: 'document' });

/** JSON as Debezium writes it: Jackson's doubles have a point or an exponent, all else that is no integer is a string. */
const javaDouble = fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => {
  const shortest = String(value);
  return /[.e]/.test(shortest) ? shortest.replace('e', 'E').replace('+', '') : `${shortest}.0`;
});
/** Half of the rows have no number that sends them the lossless way. */
const short = fc.integer({ min: -99_999, max: 99_999 });
const integer = (bits: bigint): fc.Arbitrary<string> =>
  bits < 64n ? anyInteger(bits) : fc.oneof({ weight: 9, arbitrary: short.map(String) }, anyInteger(bits));
const anyInteger = (bits: bigint): fc.Arbitrary<string> =>
  fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }).map(String);
const quoted = (values: fc.Arbitrary<string>): fc.Arbitrary<string> => values.map((value) => JSON.stringify(value));
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), fc.nat({ max: 37 }))
  .map(([value, scale]) => {
    const padded = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
    const point = padded.length - scale;
    return `${value < 0n ? '-' : ''}${padded.slice(0, point)}${scale === 0 ? '' : `.${padded.slice(point)}`}`;
  });
const instant = fc
  .tuple(
    fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
    fc.nat({ max: 999 }),
  )
  .map(([day, micros]) => day.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`));

const cells = {
  int2: integer(16n),
  int4: integer(32n),
  int8: integer(64n),
  numeric: quoted(fc.oneof(decimal, fc.constantFrom('NaN', '12.50', '-0.00', '1E+3'))),
  float8: fc.oneof(
    { weight: 6, arbitrary: short.map((value) => (value % 8 === 0 ? `${value / 8}.0` : String(value / 8))) },
    javaDouble,
    quoted(fc.constantFrom('NaN', 'Infinity', '-Infinity')),
  ),
  text: quoted(fc.oneof(fc.string(), decimal)),
  bool: fc.constantFrom('true', 'false'),
  uuid: quoted(fc.uuid()),
  date: quoted(instant.map((value) => `${value.slice(0, 10)}Z`)),
  timestamp: quoted(instant),
  timestamptz: quoted(
    fc.oneof(
      instant,
      instant.map((value) => `${value.slice(0, 19)}Z`),
    ),
  ),
  bytea: quoted(fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('hex'))),
  jsonb: quoted(fc.oneof(fc.json(), decimal, javaDouble)),
} satisfies Record<keyof typeof codecs, fc.Arbitrary<string>>;

const orElse = (cell: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 8, arbitrary: cell }, fc.constant('null'), fc.constant(`"${UNAVAILABLE}"`));
const rowText: fc.Arbitrary<string> = fc
  .record({
    id: cells.int8,
    label: quoted(fc.string()),
    ...Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, orElse(cell)])),
  })
  .map(
    (row) =>
      `{${Object.entries(row)
        .map(([name, cell]) => `"${name}":${cell}`)
        .join(',')}}`,
  );

const native = (json: string): JsonRow => parseJsonValue(json) as JsonRow;
const lossless = (json: string): JsonRow => parseJson(json) as JsonRow;

function decoded(of: AnyView, json: JsonRow) {
  const decoder = changeDecoder(of);
  const key = decoder.keyOf(json);
  return { ...key, ...outcomeOf(() => decoder.columnsOf(json, key)) };
}

/** The same, column by column and without anything prepared. */
function reference(of: AnyView, json: JsonRow) {
  const keyRow = decodeChangeRow(everything, everything.primaryKey, json).row;
  const content = outcomeOf(() => {
    const { row, unavailable } = decodeChangeRow(everything, columnsOfView(of), json);
    return { kind: unavailable.length === 0 ? 'upsert' : 'partial', columns: projectRow(of, row), links: {} };
  });
  return { key: keyOfRow(of, keyRow), row: keyRow, ...content };
}

function outcomeOf<T extends object>(read: () => T): T | { readonly refused: string } {
  try {
    return read();
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

describe('changeDecoder', () => {
  it('gives the same attributes however the numbers were parsed, and the same as column by column', () => {
    let natively = 0;
    fc.assert(
      fc.property(rowText, (json) => {
        if (typeof native(json)['id'] === 'number') natively += 1;
        const expected = reference(flat, lossless(json));
        expect(decoded(flat, native(json))).toStrictEqual(expected);
        expect(decoded(flat, lossless(json))).toStrictEqual(expected);
      }),
      { numRuns: 500 },
    );
    expect(natively).toBeGreaterThan(100);
    expect(natively).toBeLessThan(450);
  });

  it('packs whole rows of a document view, and knows that it cannot change them in parts', () => {
    const row = Object.fromEntries(Object.keys(codecs).map((name) => [name, null]));
    const json = { id: 1, label: 'a', ...row };
    expect(decoded(packed, json)).toEqual(reference(packed, json));
    expect(decoded(packed, { ...json, text: UNAVAILABLE })).toMatchObject({ kind: 'touched', columns: {} });
    expect(decoded(flat, { ...json, text: UNAVAILABLE })).toMatchObject({ kind: 'partial' });
  });

  it('is made once a view', () => expect(changeDecoder(flat)).toBe(changeDecoder(flat)));

  it.each(['id', 'label'])('needs %s of the key', (name) => {
    for (const value of [null, UNAVAILABLE]) {
      expect(() => changeDecoder(flat).keyOf({ id: 1, label: 'a', [name]: value })).toThrow(
        expect.objectContaining({ code: 'HYBRIDGE_VIEW_KEY_INVALID' }),
      );
    }
  });

  it('refuses a dropped column', () => {
    const decoder = changeDecoder(flat);
    const key = decoder.keyOf({ id: 1, label: 'a' });
    expect(() => decoder.columnsOf({ id: 1, label: 'a' }, key)).toThrow(/has no column int2 any more/);
    expect(() => decoder.keyOf({ id: 1 })).toThrow(/has no column label any more/);
  });
});

describe('agreement of two images', () => {
  const filled: JsonRow = {
    id: 1,
    label: 'a',
    ...Object.fromEntries(Object.keys(codecs).map((name) => [name, name])),
    unmapped: 1,
  };
  const agree = (before: JsonRow, after: JsonRow) => changeDecoder(flat).agree(before, after);

  it('is about the columns the view needs', () => {
    expect(agree(filled, { ...filled })).toBe(true);
    expect(agree(filled, { ...filled, unmapped: 2 })).toBe(true);
    for (const name of columnsOfView(flat)) expect(agree(filled, { ...filled, [name]: 'other' })).toBe(false);
  });

  it('takes numbers by value, and does not look into lists', () => {
    expect(agree({ ...filled, int8: 1 }, { ...filled, int8: jsonNumber('1.0') })).toBe(true);
    const big = { ...filled, int8: jsonNumber('9007199254740993') };
    expect(agree(big, { ...filled, int8: jsonNumber('9007199254740993') })).toBe(true);
    expect(agree(big, { ...filled, int8: jsonNumber('9007199254740992') })).toBe(false);
    expect(agree({ ...filled, int8: 1 }, { ...filled, int8: '1' })).toBe(false);
    expect(agree({ ...filled, text: ['a'] }, { ...filled, text: ['a'] })).toBe(false);
  });

  it('needs every value in both images', () => {
    for (const value of [UNAVAILABLE, undefined] as never[]) {
      expect(agree({ ...filled, text: value }, { ...filled, text: value })).toBe(false);
      expect(agree({ ...filled, text: value }, filled)).toBe(false);
      expect(agree(filled, { ...filled, text: value })).toBe(false);
    }
  });

  it('takes NULL for an answer only where the image before is known to be whole', () => {
    const sparse = { ...filled, text: null };
    expect(agree(sparse, { ...sparse })).toBe(true);
    expect(agree(sparse, filled)).toBe(false);
  });
});

describe('a number of a change event', () => {
  const tokens = [
    ...['0', '-0', '-0.0', '1', '1.0', '5.0', '-1.50', '100', '1E2', '1e2', '1.0E-5', '0.00001', '0.0000001', '0.1'],
    ...['999999999999999', '1234567890123456', '9007199254740991', '9007199254740993', '9223372036854775807'],
    ...['9223372036854775808', '-9223372036854775808', '32767', '32768', '-32768', '2147483648', '1e21', '1E400'],
    ...[
      '1e-400',
      '4.9E-324',
      '1.7976931348623157E308',
      '4503599627370497.1',
      '0.30000000000000001',
      '12345678.12345678',
    ],
    '0.30000000000000004',
  ];
  const outcome = (codec: Codec, value: unknown): AttributeValue | string => {
    try {
      return codec.fromChange(value as never);
    } catch (error) {
      return (error as Error).name;
    }
  };

  it.each(tokens)('%s is the same for every column however it was parsed', (token) => {
    for (const codec of Object.values(codecs)) {
      expect(outcome(codec, parseJsonValue(token))).toStrictEqual(outcome(codec, parseJson(token)));
    }
  });

  it.each(tokens)('%s keeps its value', (token) => {
    const written = outcome({ ...numeric(), fromChange: (value) => numeric().fromText(String(value)) }, token);
    expect(outcome(numeric(), parseJsonValue(token))).toStrictEqual(written);
    const inJson = outcome(jsonb(), `[${token}]`);
    expect(typeof inJson === 'string' ? inJson : (inJson as { L: AttributeValue[] }).L[0]).toStrictEqual(written);
  });

  it('is what the driver says of it, in an integer column', () => {
    expect(int4().fromChange(parseJsonValue('1.0'))).toEqual(int4().fromText('1'));
    expect(() => int4().fromChange(parseJsonValue('1.5'))).toThrow('is not a value of type integer');
    expect(() => text().fromChange({ x: 1 })).toThrow('is not a value of type text');
  });
});

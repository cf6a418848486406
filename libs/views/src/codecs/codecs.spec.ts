import { type PlainJson, jsonNumber, parseJson } from '@hybridge/contracts';
import type { AttributeValue } from '@hybridge/protocol';
import fc from 'fast-check';
import { UnstorableValueError, ViewError } from '../errors.ts';
import type { Codec } from './codec.ts';
import { float8, int2, int4, int8, numeric } from './numbers.ts';
import { bool, bytea, jsonb } from './others.ts';
import { date, text, timestamp, timestamptz, uuid } from './text.ts';

/**
 * One value on its three ways: as Debezium writes it (JSON text), as the driver's text, and as `to_jsonb` writes it
 * (JSON text). Recorded from PostgreSQL 15.
 */
interface Case {
  readonly codec: Codec;
  readonly change: string;
  readonly text: string;
  readonly image: string;
  readonly value: AttributeValue;
  readonly plain: PlainJson;
}

const cases: Record<string, Case> = {
  smallint: { codec: int2(), change: '-32768', text: '-32768', image: '-32768', value: { N: '-32768' }, plain: -32768 },
  integer: { codec: int4(), change: '7', text: '7', image: '7', value: { N: '7' }, plain: 7 },
  'bigint above 2^53': {
    codec: int8(),
    change: '9007199254740993',
    text: '9007199254740993',
    image: '9007199254740993',
    value: { N: '9007199254740993' },
    plain: '9007199254740993',
  },
  numeric: { codec: numeric(), change: '"12.50"', text: '12.50', image: '12.50', value: { N: '12.5' }, plain: '12.5' },
  'numeric of many digits': {
    codec: numeric(),
    change: '"-0.00000000000000000000000000000000000001"',
    text: '-0.00000000000000000000000000000000000001',
    image: '-0.00000000000000000000000000000000000001',
    value: { N: '-0.00000000000000000000000000000000000001' },
    plain: '-0.00000000000000000000000000000000000001',
  },
  'numeric NaN': { codec: numeric(), change: '"NaN"', text: 'NaN', image: '"NaN"', value: { S: 'NaN' }, plain: 'NaN' },
  float: {
    codec: float8(),
    change: '1.0E-5',
    text: '1e-05',
    image: '0.00001',
    value: { N: '0.00001' },
    plain: 0.00001,
  },
  text: {
    codec: text(),
    change: '"ä\\"\\u0000"',
    text: 'ä"\0',
    image: '"ä\\"\\u0000"',
    value: { S: 'ä"\0' },
    plain: 'ä"\0',
  },
  'empty text': { codec: text(), change: '""', text: '', image: '""', value: { S: '' }, plain: '' },
  boolean: { codec: bool(), change: 'true', text: 't', image: 'true', value: { BOOL: true }, plain: true },
  uuid: {
    codec: uuid(),
    change: '"6f1d0a1e-0000-4000-8000-00000000000A"',
    text: '6f1d0a1e-0000-4000-8000-00000000000a',
    image: '"6f1d0a1e-0000-4000-8000-00000000000a"',
    value: { S: '6f1d0a1e-0000-4000-8000-00000000000a' },
    plain: '6f1d0a1e-0000-4000-8000-00000000000a',
  },
  date: {
    codec: date(),
    change: '"1945-02-28Z"',
    text: '1945-02-28',
    image: '"1945-02-28"',
    value: { S: '1945-02-28' },
    plain: '1945-02-28',
  },
  timestamptz: {
    codec: timestamptz(),
    change: '"2026-11-22T16:07:14.761360Z"',
    text: '2026-11-22 16:07:14.76136+00',
    image: '"2026-11-22T18:07:14.76136+02:00"',
    value: { S: '2026-11-22T16:07:14.76136Z' },
    plain: '2026-11-22T16:07:14.76136Z',
  },
  'timestamptz on the second, far away': {
    codec: timestamptz(),
    change: '"0001-01-01T00:00:00Z"',
    text: '0001-01-01 00:00:00+00',
    image: '"0001-01-01T05:30:00+05:30"',
    value: { S: '0001-01-01T00:00:00Z' },
    plain: '0001-01-01T00:00:00Z',
  },
  timestamp: {
    codec: timestamp(),
    change: '"2024-02-29T23:59:59.5Z"',
    text: '2024-02-29 23:59:59.5',
    image: '"2024-02-29T23:59:59.500000"',
    value: { S: '2024-02-29T23:59:59.5' },
    plain: '2024-02-29T23:59:59.5',
  },
  bytea: {
    codec: bytea(),
    change: '"00ff7f"',
    text: '\\x00ff7f',
    image: '"\\\\x00ff7f"',
    value: { B: new Uint8Array([0, 255, 127]) },
    plain: 'AP9/',
  },
  jsonb: {
    codec: jsonb(),
    change: '"{\\"a\\": [1, 2.50, null], \\"n\\": 9007199254740993}"',
    text: '{"a": [1, 2.50, null], "n": 9007199254740993}',
    image: '{"a": [1, 2.50, null], "n": 9007199254740993}',
    value: { M: { a: { L: [{ N: '1' }, { N: '2.5' }, { NULL: true }] }, n: { N: '9007199254740993' } } },
    plain: { a: [1, 2.5, null], n: '9007199254740993' },
  },
};

describe.each(Object.entries(cases))('%s', (_, { codec, change, text: driverText, image, value, plain }) => {
  it('reads the same from the change event, the driver and the image', () => {
    expect(codec.fromChange(parseJson(change))).toEqual(value);
    expect(codec.fromText(driverText)).toEqual(value);
    expect(codec.fromImage(parseJson(image))).toEqual(value);
  });

  it('survives the way to SQL and back', () => {
    expect(codec.fromText(codec.toText(value))).toEqual(value);
  });

  it('shows a plain value, and reads it back from a customer', () => {
    expect(codec.toPlain(value)).toEqual(plain);
    if (!JSON.stringify(plain).includes('9007199254740993') || typeof plain === 'string') {
      expect(codec.fromPlain(JSON.parse(JSON.stringify(plain)))).toEqual(value);
    }
  });
});

describe('numbers', () => {
  it('reads any decimal alike on all three ways', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        fc.integer({ min: 0, max: 15 }),
        (digits, scale) => {
          const sign = digits < 0n ? '-' : '';
          const padded = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
          const written = scale === 0 ? sign + padded : `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
          const value = numeric().fromText(written);
          expect(numeric().fromChange(written)).toEqual(value);
          expect(numeric().fromImage(jsonNumber(written))).toEqual(value);
          expect(numeric().fromText(numeric().toText(value))).toEqual(value);
        },
      ),
    );
  });

  it.each([
    ['9'.repeat(38), true],
    ['9'.repeat(39), false],
    [`1${'0'.repeat(125)}`, true],
    [`1${'0'.repeat(126)}`, false],
    [`0.${'0'.repeat(129)}1`, true],
    [`0.${'0'.repeat(130)}1`, false],
    ['0', true],
  ])('stores %s: %s', (digits, storable) => {
    const read = () => numeric().fromText(digits);
    if (storable) expect(read()).toEqual({ N: digits });
    else expect(read).toThrow(UnstorableValueError);
  });

  it.each([
    [int2(), '32768'],
    [int4(), '2147483648'],
    [int8(), '9223372036854775808'],
    [int4(), '1.5'],
    [int4(), ''],
    [numeric(), '1,5'],
    [numeric(), ''],
    [numeric(), '0x1F'],
    [float8(), 'much'],
    [uuid(), '6f1d0a1e'],
    [date(), '28.2.1945'],
    [timestamptz(), 'yesterday'],
    [bool(), 'yes'],
    [bytea(), '\\x0g'],
    [jsonb(), '{'],
  ])('refuses %#: "%s"', (codec: Codec, given) => {
    expect(() => codec.fromText(given)).toThrow(expect.objectContaining({ code: 'HYBRIDGE_VIEW_VALUE_INVALID' }));
  });

  it.each<[Codec, unknown]>([
    [int4(), true],
    [text(), 5],
    [bool(), 'true'],
    [uuid(), {}],
    [numeric(), [1]],
    [bytea(), '***'],
    [timestamptz(), 0],
    [jsonb(), undefined],
  ])('refuses what a customer sent: %#', (codec, given) => {
    expect(() => codec.fromPlain(given)).toThrow(ViewError);
  });

  it('keeps names of specials in floats, in every spelling', () => {
    for (const [written, name] of [
      ['Infinity', 'Infinity'],
      ['-Infinity', '-Infinity'],
      ['NaN', 'NaN'],
      ['POSITIVE_INFINITY', 'Infinity'],
    ] as const) {
      expect(float8().fromChange(written)).toEqual({ S: name });
    }
  });
});

describe('days and times', () => {
  const two = (value: number): string => String(value).padStart(2, '0');
  const refusal = expect.objectContaining({ code: 'HYBRIDGE_VIEW_VALUE_INVALID' });

  it('are those of the calendar, in the short form as in every other', () => {
    for (const year of [2023, 2024, 1900, 2000])
      for (let month = 0; month <= 13; month++)
        for (let day = 0; day <= 32; day++) {
          const written = `${year}-${two(month)}-${two(day)}`;
          const exists = new Date(Date.UTC(year, month - 1, day)).toISOString().startsWith(written);
          for (const [codec, value, expected] of [
            [date(), `${written}Z`, written],
            [timestamptz(), `${written}T10:20:30.5Z`, `${written}T10:20:30.5Z`],
            [timestamp(), `${written}T10:20:30Z`, `${written}T10:20:30`],
          ] as const) {
            if (exists) expect(codec.fromText(value)).toEqual({ S: expected });
            else expect(() => codec.fromText(value)).toThrow(refusal);
          }
        }
  });

  it('are those of the clock', () => {
    for (const [hour, minute, second] of [
      [24, 0, 0],
      [23, 60, 0],
      [23, 59, 60],
      [30, 0, 0],
    ] as const) {
      const written = `2026-11-22T${two(hour)}:${two(minute)}:${two(second)}Z`;
      expect(() => timestamptz().fromText(written)).toThrow(refusal);
    }
  });

  it('lose no digit of the fraction but zeros at its end', () => {
    for (const [fraction, kept] of [
      ['.000', ''],
      ['.100', '.1'],
      ['.010', '.01'],
      ['.123456789', '.123456789'],
      ['.0', ''],
    ]) {
      const written = `2026-11-22T10:20:30${fraction}`;
      expect(timestamptz().fromText(`${written}Z`)).toEqual({ S: `2026-11-22T10:20:30${kept}Z` });
      expect(timestamptz().fromText(`${written}+00`)).toEqual({ S: `2026-11-22T10:20:30${kept}Z` });
      expect(timestamp().fromText(`${written}Z`)).toEqual({ S: `2026-11-22T10:20:30${kept}` });
    }
  });
});

describe('values that look like something else', () => {
  it('are no names of special numbers, though objects have members of that name', () => {
    for (const name of ['constructor', 'toString', '__proto__'])
      expect(() => numeric().fromText(name)).toThrow(ViewError);
  });

  it('are digits of a bytea only in ASCII', () => {
    expect(() => bytea().fromText('\u0130\u0130')).toThrow(ViewError); // a buffer would read their low bytes
  });

  it('are members of a jsonb under every name', () => {
    const value = jsonb().fromText('{"__proto__": {"a": 1}, "b": 2}');
    expect(Object.entries((value as { M: object }).M)).toEqual([
      ['__proto__', { M: { a: { N: '1' } } }],
      ['b', { N: '2' }],
    ]);
    expect(jsonb().toText(value)).toBe('{"__proto__":{"a":1},"b":2}');
  });

  it('are texts only as strings and numbers', () => {
    for (const value of [{ a: 1 }, ['a'], true]) {
      expect(() => text().fromChange(value)).toThrow(ViewError);
      expect(() => text().fromImage(value)).toThrow(ViewError);
    }
  });
});

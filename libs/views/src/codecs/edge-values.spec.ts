/** Values at the edge of what SQL or DynamoDB holds, on all three ways. JSON and texts as PostgreSQL and Debezium write them. */
import { parseJson } from '@hybridge/contracts';
import { type AttributeValue, NULL } from '@hybridge/protocol';
import { UnstorableValueError } from '../errors.ts';
import type { Codec } from './codec.ts';
import { float4, float8, int2, int4, int8, numeric } from './numbers.ts';
import { bytea, jsonb } from './others.ts';
import { date, text, timestamp, timestamptz } from './text.ts';

type Ways = readonly [change: string, driver: string, image: string];

const read = (codec: Codec, [change, driver, image]: Ways): AttributeValue[] => [
  codec.fromChange(parseJson(change)),
  codec.fromText(driver),
  codec.fromImage(parseJson(image)),
];
const ofNumber = (digits: string): Ways => [digits, digits, digits];
/** Debezium writes decimals as text. */
const ofDecimal = (digits: string): Ways => [JSON.stringify(digits), digits, digits];
/** Neither JSON has them as numbers. */
const ofName = (name: string): Ways => [JSON.stringify(name), name, JSON.stringify(name)];
const N = (digits: string): AttributeValue => ({ N: digits });
const S = (value: string): AttributeValue => ({ S: value });

describe('a value at the edge', () => {
  it.each<[string, Codec, Ways, AttributeValue]>([
    ['the smallest int2', int2(), ofNumber('-32768'), N('-32768')],
    ['the largest int4', int4(), ofNumber('2147483647'), N('2147483647')],
    ['the smallest int8', int8(), ofNumber('-9223372036854775808'), N('-9223372036854775808')],
    ['the largest int8', int8(), ofNumber('9223372036854775807'), N('9223372036854775807')],
    ['an int8 next to 2^53', int8(), ofNumber('9007199254740993'), N('9007199254740993')],
    ['38 digits', numeric(), ofDecimal('-' + '9'.repeat(38)), N('-' + '9'.repeat(38))],
    ['38 digits behind the point', numeric(), ofDecimal(`0.${'9'.repeat(38)}`), N(`0.${'9'.repeat(38)}`)],
    [
      'the largest number',
      numeric(),
      ofDecimal(`${'9'.repeat(38)}${'0'.repeat(88)}`),
      N('9'.repeat(38) + '0'.repeat(88)),
    ],
    ['the smallest number', numeric(), ofDecimal(`0.${'0'.repeat(129)}1`), N(`0.${'0'.repeat(129)}1`)],
    ['zero of a scale', numeric(), ofDecimal('0.000'), N('0')],
    ['NaN', numeric(), ofName('NaN'), S('NaN')],
    ['an infinity', numeric(), ofName('-Infinity'), S('-Infinity')],
    ['NaN, to be NULL', numeric({ special: 'null' }), ofName('NaN'), NULL],
    ['an infinity, to be NULL', numeric({ special: 'null' }), ofName('Infinity'), NULL],
    ['39 digits, to be text', numeric({ overflow: 'string' }), ofDecimal('1'.repeat(39)), S('1'.repeat(39))],
    ['a float NaN', float8(), ofName('NaN'), S('NaN')],
    ['a float infinity', float8(), ofName('Infinity'), S('Infinity')],
    ['a float NaN, to be NULL', float8({ special: 'null' }), ofName('NaN'), NULL],
    ['minus zero', float8(), ['-0.0', '-0', '-0'], N('0')],
    ['a large float', float8(), ['1.0E125', '1e+125', `1${'0'.repeat(125)}`], N(`1${'0'.repeat(125)}`)],
    ['a float of 17 digits', float8(), ofNumber('0.30000000000000004'), N('0.30000000000000004')],
    [
      'a real in as few digits as it needs',
      float4(),
      ['1.17549435E-38', '1.1754944e-38', '1.1754944e-38'],
      N(`0.${'0'.repeat(37)}11754944`),
    ],
    ['the smallest real', float4(), ['1.4E-45', '1e-45', '1e-45'], N(`0.${'0'.repeat(44)}1`)],
    ['a real beyond its digits', float4(), ['8.5899346E9', '8.589935e+09', '8589935000'], N('8589935000')],
    ['a real infinity', float4(), ofName('-Infinity'), S('-Infinity')],
    ['a real NaN, to be NULL', float4({ special: 'null' }), ofName('NaN'), NULL],
    ['a day of a far year', date(), ['"+5874897-12-31Z"', '5874897-12-31', '"5874897-12-31"'], S('5874897-12-31')],
    ['no last day', date(), ['"+5877611-06-21Z"', 'infinity', '"infinity"'], S('infinity')],
    ['no first day, of a snapshot', date(), ['"+292269055-12-02Z"', '-infinity', '"-infinity"'], S('-infinity')],
    [
      'a time of a far year',
      timestamp(),
      ['"+294276-12-31T23:59:59.999999Z"', '294276-12-31 23:59:59.999999', '"294276-12-31T23:59:59.999999"'],
      S('294276-12-31T23:59:59.999999'),
    ],
    ['no first time', timestamp(), ['"-292275055-05-16T23:00:00Z"', '-infinity', '"-infinity"'], S('-infinity')],
    [
      'an instant after the year 9999 only in UTC',
      timestamptz(),
      ['"+10000-01-01T03:00:00Z"', '10000-01-01 03:00:00+00', '"9999-12-31T22:00:00-05:00"'],
      S('10000-01-01T03:00:00Z'),
    ],
    ['no bytes', bytea(), ['""', '\\x', '"\\\\x"'], { B: new Uint8Array() }],
    ['all bytes', bytea(), ['"00ff"', '\\x00ff', '"\\\\x00ff"'], { B: new Uint8Array([0, 255]) }],
    ['no text', text(), ['""', '', '""'], S('')],
    ['text that looks like null', text(), ['"null"', 'null', '"null"'], S('null')],
    ['text outside the first plane', text(), ['"\\ud83d\\ude00"', '😀', '"😀"'], S('😀')],
    ['empty JSON', jsonb(), ['"{}"', '{}', '{}'], { M: {} }],
    ['JSON null', jsonb(), ['"null"', 'null', '"null"'], NULL],
    [
      'JSON with a large number and an empty name',
      jsonb(),
      ['"{\\"\\": 9223372036854775807}"', '{"": 9223372036854775807}', '{"": 9223372036854775807}'],
      { M: { '': N('9223372036854775807') } },
    ],
  ])('is the same on all three ways: %s', (name, codec, ways, value) => {
    // `to_jsonb` of the JSON value null is JSON null, which a row's reader takes for SQL's NULL: the same attribute.
    const given = name === 'JSON null' ? read(codec, [ways[0], ways[1], '{}']).slice(0, 2) : read(codec, ways);
    expect(given).toEqual(given.map(() => value));
  });

  it.each<[string, Codec, Ways]>([
    ['39 digits', numeric(), ofDecimal('1'.repeat(39))],
    ['39 digits around the point', numeric(), ofDecimal(`1.${'0'.repeat(37)}1`)],
    ['131 digits', numeric(), ofDecimal(`1${'0'.repeat(126)}`)],
    ['131 digits behind the point', numeric(), ofDecimal(`0.${'0'.repeat(130)}1`)],
    [
      'the largest float',
      float8(),
      ['1.7976931348623157E308', '1.7976931348623157e+308', `17976931348623157${'0'.repeat(292)}`],
    ],
    ['the smallest float', float8(), ['4.9E-324', '5e-324', '5e-324']],
    ['a day before the year 1', date(), ['"-0043-03-15Z"', '0044-03-15 BC', '"0044-03-15 BC"']],
    ['the year before the year 1', date(), ['"0000-12-31Z"', '0001-12-31 BC', '"0001-12-31 BC"']],
    [
      'an instant before the year 1 only in UTC',
      timestamptz(),
      ['"0000-12-31T18:18:44Z"', '0001-12-31 18:18:44+00 BC', '"0001-01-01T00:00:00+05:41:16"'],
    ],
    ['a large number in JSON', jsonb(), ['"[1e200]"', '[1e200]', '[1e200]']],
    ['39 digits where only NaN is NULL', numeric({ special: 'null' }), ofDecimal('1'.repeat(39))],
  ])('quarantines its row on all three ways: %s', (_, codec, [change, driver, image]) => {
    for (const reading of [
      () => codec.fromChange(parseJson(change)),
      () => codec.fromText(driver),
      () => codec.fromImage(parseJson(image)),
    ]) {
      expect(reading).toThrow(UnstorableValueError);
    }
  });

  it('is refused where it is none of the type', () => {
    for (const [codec, value] of [
      [int8(), '9223372036854775808'],
      [int8(), '-9223372036854775809'],
      [int4(), '2147483648'],
      [numeric({ overflow: 'string', special: 'null' }), 'many'],
      [bytea(), '\\x0'],
    ] as const) {
      expect(() => codec.fromText(value)).toThrow(expect.objectContaining({ code: 'HYBRIDGE_VIEW_VALUE_INVALID' }));
    }
  });

  it('goes back to SQL as it came', () => {
    expect(numeric({ overflow: 'string' }).toText(S('1'.repeat(39)))).toBe('1'.repeat(39));
    expect(bytea().toText({ B: new Uint8Array() })).toBe('\\x');
    expect(numeric().toText(S('-Infinity'))).toBe('-Infinity');
  });
});

import fc from 'fast-check';
import { countInexactNumbers, isExactNumber } from './json-number.ts';
import { type JsonValue, isJsonNumber, jsonNumber, numberText, parseJson, parseJsonValue } from './json.ts';

const digits = (max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: max });

/** Any number as JSON spells it: `-0`, `5.0`, `1E+0400`, twenty digits on either side of the point. */
const numberToken: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(
      fc.constant('0'),
      fc.tuple(fc.constantFrom(...'123456789'), digits(19)).map((parts) => parts.join('')),
    ),
    fc.option(digits(20), { nil: undefined }),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), digits(4)), { nil: undefined, freq: 4 }),
  )
  .map(([sign, whole, fraction, exponent]) =>
    [sign, whole, fraction === undefined ? '' : `.${fraction}`, exponent?.join('') ?? ''].join(''),
  );

/** Texts that look like numbers, and like places where numbers stand. */
const stringToken = fc
  .string({ unit: fc.constantFrom(...'0123456789.eE-+:,[] "{\\'), maxLength: 40 })
  .map((value) => JSON.stringify(value));
const space = fc.constantFrom('', '', ' ', '\n\t', '\r\n');
const document = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    numberToken,
    stringToken,
    fc.constantFrom('true', 'null'),
    fc
      .array(
        fc.tuple(space, tie('value'), space).map((parts) => parts.join('')),
        { maxLength: 5 },
      )
      .map((all) => `[${all.join(',')}]`),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', '__proto__', 'constructor'), space, tie('value'), space), {
        maxLength: 5,
      })
      .map((all) => `{${all.map(([name, before, value, after]) => `"${name}":${before}${value}${after}`).join(',')}}`),
  ),
})).value;

/** Every number by its one text. */
function normalized(value: JsonValue): unknown {
  if (isJsonNumber(value)) return { number: numberText(value) };
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(normalized);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value).map(([name, entry]) => [name, normalized(entry as JsonValue)]);
}

describe('parseJsonValue', () => {
  it('gives the same values natively and losslessly', () => {
    fc.assert(
      fc.property(document, (text) => {
        // A number with an exponent beside the document sends it the lossless way.
        const [lossless] = parseJsonValue(`[${text},1e0]`) as readonly JsonValue[];
        expect(normalized(parseJsonValue(text))).toEqual(normalized(lossless as JsonValue));
      }),
      { numRuns: 2_000 },
    );
  });

  it('parses natively only what holds no number a double may change', () => {
    fc.assert(
      fc.property(fc.array(numberToken, { minLength: 1, maxLength: 6 }), space, (tokens, gap) => {
        const inexact = tokens.filter((token) => !isExactNumber(token)).length;
        expect(countInexactNumbers(`[${tokens.join(`${gap},${gap}`)}]`)).toBeGreaterThanOrEqual(inexact);
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds a long number at every place of a text', () => {
    for (let at = 0; at < 64; at++) {
      const text = `{"${'x'.repeat(at)}":1234567890123456,"y":"2026-11-22T16:07:14.761360Z"}`;
      expect(countInexactNumbers(text)).toBe(1);
    }
  });

  it('leaves a text to the native parser although its strings look like numbers', () => {
    const text = '{"card":"4111111111111111","id":"6f1d0a1e-4c1b-4d3a-8e5f-00000000001e5","lsn":26967192000,"n":-0.5}';
    expect(countInexactNumbers(text)).toBe(0);
    expect(parseJsonValue(text)).toEqual(JSON.parse(text));
  });

  it('does so for long numbers that are known and of no use', () => {
    const text = '{"ts_ns":1795363634765758000,"id":7}';
    expect(parseJsonValue(text, () => 1)).toEqual(JSON.parse(text));
    expect(parseJsonValue(text, () => 0)).toEqual(parseJson(text));
    expect(parseJsonValue('{"ts_ns":1795363634765758000,"id":9007199254740993}', () => 1)).toEqual({
      ts_ns: jsonNumber('1795363634765758000'),
      id: jsonNumber('9007199254740993'),
    });
  });

  it('takes the last of two values of a name on both ways', () => {
    expect(parseJsonValue('{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(normalized(parseJsonValue('{"a":1,"a":2,"b":1e2}'))).toEqual([
      ['a', { number: '2' }],
      ['b', { number: '1e2' }],
    ]);
  });

  it.each(['{n:1}', '', '[01]', '[1.]', '{"a":1234567890123456,}'])('refuses %s', (text) => {
    expect(() => parseJsonValue(text)).toThrow(SyntaxError);
  });
});

describe('isExactNumber', () => {
  it('holds only for numbers a double gives back with the same value', () => {
    fc.assert(
      fc.property(numberToken, (token) => {
        fc.pre(isExactNumber(token));
        const [whole = '', fraction = ''] = token.split('.');
        const scale = 30;
        const exact = BigInt(whole + fraction.padEnd(scale, '0'));
        // As many decimals as make every such number whole; 15 digits need no more.
        expect(BigInt(toFixed(Number(token), scale))).toBe(exact);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The shortest text of a double, times ten to the power of `scale`. */
function toFixed(value: number, scale: number): string {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return whole + fraction + '0'.repeat(scale - fraction.length + Number(exponent));
}

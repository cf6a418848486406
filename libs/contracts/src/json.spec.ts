import { formatJson, isJsonNumber, jsonNumber, parseJson } from './json.ts';

it.each(['9007199254740993', '-0.10', '1e400', '12345678901234567890.123456789012345678'])(
  'keeps the digits of %s',
  (digits) => {
    const value = parseJson(`{"n":${digits}}`) as { n: unknown };
    expect(isJsonNumber(value.n)).toBe(true);
    expect(formatJson(value as never)).toBe(`{"n":${digits}}`);
    expect(formatJson({ n: jsonNumber(digits) })).toBe(`{"n":${digits}}`);
  },
);

it('refuses what is no JSON', () => expect(() => parseJson('{n:1}')).toThrow(SyntaxError));

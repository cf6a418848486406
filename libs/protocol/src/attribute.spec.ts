import fc from 'fast-check';
import {
  type AttributeValue,
  canonicalNumber,
  elementsOf,
  entriesOf,
  sameAttributes,
  sameValue,
  scalarOf,
} from './attribute.ts';

describe('canonicalNumber', () => {
  it.each([
    ['7', '7'],
    ['007', '7'],
    ['-0', '0'],
    ['0.00', '0'],
    ['12.50', '12.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1.25E-3', '0.00125'],
    ['-12.5e1', '-125'],
    ['100e-2', '1'],
    ['9007199254740993', '9007199254740993'],
  ])('writes %s as %s', (given, expected) => {
    expect(canonicalNumber(given)).toBe(expected);
  });

  it.each(['', '-', '.', 'abc', '1,5', 'NaN', 'Infinity', ' 1', '1e', '--1'])('refuses "%s"', (given) => {
    expect(canonicalNumber(given)).toBeUndefined();
  });

  it('keeps the value, and writes what it wrote the same', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.integer({ min: -20, max: 20 }),
        (digits, exponent) => {
          const written = canonicalNumber(`${digits}e${exponent}`) as string;
          expect(canonicalNumber(written)).toBe(written);
          const [whole = '', fraction = ''] = written.split('.');
          const scaled = BigInt(whole + fraction) * 10n ** 20n;
          expect(scaled).toBe(digits * 10n ** BigInt(20 + exponent + fraction.length));
        },
      ),
    );
  });
});

describe('sameValue', () => {
  const values: readonly AttributeValue[] = [
    { S: '1' },
    { N: '1' },
    { BOOL: true },
    { BOOL: false },
    { NULL: true },
    { B: new Uint8Array([1]) },
    { L: [{ N: '1' }] },
    { L: [] },
    { M: { a: { N: '1' } } },
    { M: {} },
  ];

  it('tells all kinds apart', () => {
    values.forEach((a, i) => values.forEach((b, j) => expect(sameValue(a, b)).toBe(i === j)));
  });

  it.each<[AttributeValue, AttributeValue]>([
    [{ N: '1.0' }, { N: '1' }],
    [{ N: '1e2' }, { N: '100' }],
    [{ L: [{ N: '1.0' }] }, { L: [{ N: '1' }] }],
    [{ M: { a: { S: 'x' }, b: { NULL: true } } }, { M: { b: { NULL: true }, a: { S: 'x' } } }],
    [{ B: new Uint8Array([7]) }, { B: Buffer.from([7]) }],
  ])('sees %j and %j as one', (a, b) => {
    expect(sameValue(a, b)).toBe(true);
  });

  it('sees a missing attribute as different from every value', () => {
    expect(sameAttributes({ a: { NULL: true } }, { b: { NULL: true } })).toBe(false);
    expect(sameAttributes({ a: { NULL: true } }, {})).toBe(false);
    expect(sameValue(undefined, undefined)).toBe(true);
  });
});

it('reads into values without caring for their kind', () => {
  expect([scalarOf({ S: 'a' }), scalarOf({ N: '1' }), scalarOf({ NULL: true }), scalarOf(undefined)]).toEqual([
    'a',
    '1',
    undefined,
    undefined,
  ]);
  expect([elementsOf({ L: [{ S: 'a' }] }), elementsOf({ S: 'a' })]).toEqual([[{ S: 'a' }], []]);
  expect([entriesOf({ M: { a: { S: 'a' } } }), entriesOf(undefined)]).toEqual([{ a: { S: 'a' } }, {}]);
});

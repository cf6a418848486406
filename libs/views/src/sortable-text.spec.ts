import type { AttributeValue } from '@hybridge/protocol';
import fc from 'fast-check';
import { numeric } from './codecs/numbers.ts';
import { date, text, timestamptz } from './codecs/text.ts';
import { type SortKind, sortKindOf, sortableText } from './sortable-text.ts';

const inBytes = (a: string, b: string): number => Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
const textOf = (kind: SortKind, value: AttributeValue): string => sortableText(kind, value) as string;
/** As in a key of several parts: what follows must not turn the order round. */
const inKey = (kind: SortKind, a: AttributeValue, b: AttributeValue, after: readonly [string, string]): number =>
  inBytes(`${textOf(kind, a)}#${after[0]}`, `${textOf(kind, b)}#${after[1]}`);

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 60 }))
  .map(([digits, scale]) => ({ digits, scale }));
const written = ({ digits, scale }: { digits: bigint; scale: number }): AttributeValue => {
  const all = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const point = all.length - scale;
  return numeric().fromText(
    `${digits < 0n ? '-' : ''}${all.slice(0, point)}${scale === 0 ? '' : `.${all.slice(point)}`}`,
  );
};
const compareDecimals = (a: { digits: bigint; scale: number }, b: { digits: bigint; scale: number }): number => {
  const [left, right] = [a.digits * 10n ** BigInt(b.scale), b.digits * 10n ** BigInt(a.scale)];
  return left < right ? -1 : Number(left > right);
};

describe('sortable texts', () => {
  it('of numbers sort by value', () => {
    fc.assert(
      fc.property(decimal, decimal, fc.tuple(fc.string(), fc.string()), (a, b, after) => {
        const expected = compareDecimals(a, b);
        if (expected === 0) expect(sortableText('number', written(a))).toBe(sortableText('number', written(b)));
        else expect(inKey('number', written(a), written(b), after)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of numbers near each other sort by value', () => {
    const near = fc.tuple(fc.integer({ min: -1_200, max: 1_200 }), fc.constantFrom(0, 1, 2));
    fc.assert(
      fc.property(near, near, ([a, scaleA], [b, scaleB]) => {
        const [left, right] = [
          { digits: BigInt(a), scale: scaleA },
          { digits: BigInt(b), scale: scaleB },
        ];
        const given = inBytes(textOf('number', written(left)), textOf('number', written(right)));
        expect(given).toBe(compareDecimals(left, right));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of the largest, the smallest and the special numbers sort as in PostgreSQL', () => {
    const ascending: readonly AttributeValue[] = [
      { S: '-Infinity' },
      { S: `-${'9'.repeat(200)}` },
      { N: `-1${'0'.repeat(125)}` },
      { N: '-1' },
      { N: `-0.${'0'.repeat(129)}1` },
      { N: '0' },
      { N: `0.${'0'.repeat(129)}1` },
      { N: '9007199254740992' },
      { N: '9007199254740993' },
      { N: '1E+17' },
      { S: '9'.repeat(200) },
      { S: 'Infinity' },
      { S: 'NaN' },
    ];
    const texts = ascending.map((value) => textOf('number', value));
    expect([...texts].sort(inBytes)).toEqual(texts);
    expect(new Set(texts).size).toBe(ascending.length);
  });

  it('of texts sort by code point, whatever follows', () => {
    const value = fc.string({ unit: fc.constantFrom('\0', ' ', '!', '#', '$', '%', 'a', 'b', 'ä', '\uffff', '😀') });
    fc.assert(
      fc.property(value, value, fc.tuple(value, value), (a, b, after) => {
        const [left, right] = [text().fromText(a), text().fromText(b)];
        if (a !== b) expect(inKey('text', left, right, after)).toBe(inBytes(a, b));
        expect(textOf('text', left) === textOf('text', right)).toBe(a === b);
        expect(textOf('text', left)).not.toContain('#');
      }),
      { numRuns: 2_000 },
    );
  });

  it('of times sort by time, fractions and far years included', () => {
    const instant = fc.tuple(
      fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('+200000-01-01T00:00:00Z'), noInvalidDate: true }),
      fc.integer({ min: 0, max: 999 }),
    );
    const sql = ([at, micros]: [Date, number]): AttributeValue =>
      timestamptz().fromText(
        at
          .toISOString()
          .replace(/^\+0*/, '')
          .replace('Z', `${String(micros).padStart(3, '0')}Z`),
      );
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        const expected = Math.sign(a[0].getTime() - b[0].getTime()) || Math.sign(a[1] - b[1]);
        if (expected !== 0) expect(inKey('time', sql(a), sql(b), ['z', 'a'])).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
    const near = fc.tuple(
      fc.integer({ min: 0, max: 3 }).map((half) => new Date(half * 500)),
      fc.constantFrom(0, 1, 10, 500),
    );
    fc.assert(
      fc.property(near, near, (a, b) => {
        const expected = Math.sign(a[0].getTime() - b[0].getTime()) || Math.sign(a[1] - b[1]);
        if (expected !== 0) expect(inKey('time', sql(a), sql(b), ['z', 'a'])).toBe(expected);
      }),
    );
    const ends = ['-infinity', '0001-01-01', '2026-11-23', '9999-12-31', '10000-01-01', '275759-12-31', 'infinity'];
    const texts = ends.map((day) => textOf('time', date().fromText(day)));
    expect([...texts].sort(inBytes)).toEqual(texts);
  });

  it('are none for values that are not of the kind', () => {
    for (const [kind, value] of [
      ['number', { S: 'many' }],
      ['number', { S: '1e999999999' }],
      ['number', { BOOL: true }],
      ['text', { N: '1' }],
      ['time', { NULL: true }],
      ['boolean', { S: 'true' }],
    ] as const) {
      expect(sortableText(kind, value)).toBeUndefined();
    }
    expect([sortKindOf('boolean'), sortKindOf('bytea'), sortKindOf('jsonb')]).toEqual([
      'boolean',
      undefined,
      undefined,
    ]);
  });
});

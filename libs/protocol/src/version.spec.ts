import fc from 'fast-check';
import { type Position, ZERO_VERSION, decodeVersion, encodeVersion, isUnpositioned, parseVersion } from './version.ts';

const position: fc.Arbitrary<Position> = fc.record({
  epoch: fc.integer({ min: 0, max: 65_535 }),
  major: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  minor: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  offset: fc.bigInt({ min: 0n, max: 2n ** 48n - 1n }),
});

const order = (a: Position, b: Position): number => {
  for (const part of ['epoch', 'major', 'minor', 'offset'] as const)
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  return 0;
};

describe('versions', () => {
  it('compare as text the way positions compare', () => {
    fc.assert(
      fc.property(position, position, fc.constantFrom('epoch', 'major', 'minor', 'none'), (a, other, same) => {
        const b =
          same === 'none' ? other : { ...a, offset: other.offset, ...(same === 'minor' ? {} : { minor: other.minor }) };
        const [left, right] = [encodeVersion(a), encodeVersion(b)];
        expect(left < right ? -1 : left > right ? 1 : 0).toBe(order(a, b));
        expect(Buffer.compare(Buffer.from(left), Buffer.from(right))).toBe(order(a, b));
      }),
    );
  });

  it('read back', () => {
    fc.assert(
      fc.property(position, (given) => expect(decodeVersion(parseVersion(encodeVersion(given)))).toEqual(given)),
    );
  });

  it('have a smallest one, without position', () => {
    expect(ZERO_VERSION).toBe('0000.0000000000000000.0000000000000000.000000000000');
    expect(isUnpositioned(ZERO_VERSION)).toBe(true);
    expect(isUnpositioned(encodeVersion({ epoch: 1, major: 0n, minor: 0n, offset: 9n }))).toBe(true);
    expect(isUnpositioned(encodeVersion({ epoch: 0, major: 0n, minor: 1n, offset: 0n }))).toBe(false);
  });

  it.each([
    { epoch: 65_536, major: 0n, minor: 0n, offset: 0n },
    { epoch: 0, major: -1n, minor: 0n, offset: 0n },
    { epoch: 0, major: 0n, minor: 2n ** 64n, offset: 0n },
    { epoch: 0, major: 0n, minor: 0n, offset: 2n ** 48n },
  ])('have limits: %p', (given) => {
    expect(() => encodeVersion(given)).toThrow(
      expect.objectContaining({ code: 'HYBRIDGE_PROTOCOL_POSITION_OUT_OF_RANGE' }),
    );
  });

  it.each(['', '0', ZERO_VERSION.toUpperCase().replace('0', 'A'), `${ZERO_VERSION}0`])('refuse "%s"', (given) => {
    expect(() => parseVersion(given)).toThrow(expect.objectContaining({ code: 'HYBRIDGE_PROTOCOL_VERSION_MALFORMED' }));
  });
});

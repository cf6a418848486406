import { list, map, number, text } from './attribute.ts';
import { itemBytes, writeUnits } from './item-size.ts';

describe('the size of an item', () => {
  it.each([
    [{ a: text('xyz') }, 4],
    [{ name: text('é') }, 6],
    [{ n: number('12345') }, 5],
    [{ n: number('-0.001') }, 3],
    [{ b: { BOOL: true }, n: { NULL: true } } as const, 4],
    [{ b: { B: new Uint8Array(10) } }, 11],
    [{ l: list([text('ab'), number(1)]) }, 1 + 3 + (2 + 1) + (2 + 1)],
    [{ m: map({ k: text('v') }) }, 1 + 3 + (1 + 1 + 1)],
  ])('counts names and values of %j as %d', (item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });

  it('is written in units of a kilobyte, and never for nothing', () => {
    expect([0, 1, 1_024, 1_025].map(writeUnits)).toEqual([1, 1, 1, 2]);
  });
});

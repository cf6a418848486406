import { list, map, number, text } from '@hybridge/protocol';
import { itemBytes } from './item-size.ts';

describe('itemBytes', () => {
  it.each([
    ['names and text, in UTF-8', { pk: text('é') }, 4],
    ['numbers by pairs of digits', { n: number(12345) }, 5],
    ['NULL and booleans', { a: { NULL: true as const }, b: { BOOL: true } }, 4],
    ['lists', { l: list([text('ab'), text('c')]) }, 9],
    ['maps', { m: map({ k: text('ab') }) }, 8],
  ])('counts %s', (_, item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });
});

import fc from 'fast-check';
import { type KeyTemplate, column, keyColumns, parseKey, renderKey } from './key-template.ts';

const template: KeyTemplate = { pk: ['c1', 'CUSTOMER', column('id')], sk: ['ADDRESS', column('label')] };
const render = (values: Record<string, string>) => renderKey(template, (name) => values[name]);

describe('renderKey', () => {
  it('joins words and columns', () => {
    expect(render({ id: '42', label: 'home' })).toEqual({ pk: 'c1#CUSTOMER#42', sk: 'ADDRESS#home' });
  });

  it('escapes what could imitate another key', () => {
    expect(render({ id: '4#2', label: '50%23' })).toEqual({ pk: 'c1#CUSTOMER#4%232', sk: 'ADDRESS#50%2523' });
  });

  it('names the column that is missing', () => {
    expect(() => render({ id: '42' })).toThrow(
      expect.objectContaining({
        code: 'HYBRIDGE_VIEW_KEY_INVALID',
        message: expect.stringContaining('label') as string,
      }),
    );
  });

  it('gives different keys for different values, and they read back', () => {
    const value = fc.string({ unit: fc.constantFrom('#', '%', '2', '3', '5', 'a', 'ä', ' ') });
    fc.assert(
      fc.property(value, value, value, value, (a, b, c, d) => {
        const [one, other] = [render({ id: a, label: b }), render({ id: c, label: d })];
        expect(parseKey(template, one)).toEqual({ id: a, label: b });
        expect(one.pk === other.pk && one.sk === other.sk).toBe(a === c && b === d);
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseKey', () => {
  it.each([
    { pk: 'c1#CUSTOMER#42', sk: 'CUSTOMER' },
    { pk: 'c1#CUSTOMER', sk: 'ADDRESS#home' },
    { pk: 'c2#CUSTOMER#42', sk: 'ADDRESS#home' },
    { pk: 'c1#CUSTOMER#42#1', sk: 'ADDRESS#home' },
  ])('knows that %j is of another view', (key) => {
    expect(parseKey(template, key)).toBeUndefined();
  });

  it('refuses a column that says two things', () => {
    const twice: KeyTemplate = { pk: ['x', column('id')], sk: [column('id')] };
    expect(parseKey(twice, { pk: 'x#1', sk: '1' })).toEqual({ id: '1' });
    expect(parseKey(twice, { pk: 'x#1', sk: '2' })).toBeUndefined();
  });
});

it('keyColumns names each column once, in order', () => {
  expect(keyColumns({ pk: ['x', column('b'), column('a')], sk: [column('b')] })).toEqual(['b', 'a']);
});

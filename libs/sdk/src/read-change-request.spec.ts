import { number, text } from '@hybridge/protocol';
import {
  column,
  createCatalog,
  date,
  int4,
  int8,
  jsonb,
  notNull,
  nullable,
  numeric,
  source,
  table,
  text as textColumn,
  view,
} from '@hybridge/views';
import { placeOf } from './place.ts';
import { readChangeRequest } from './read-change-request.ts';

const people = view('people', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.people',
    primaryKey: ['id'],
    columns: {
      id: notNull(int8()),
      name: notNull(textColumn()),
      born: nullable(date()),
      worth: nullable(numeric()),
      rank: notNull(int4()),
      extra: nullable(jsonb()),
    },
  }),
  key: { pk: ['p1', 'PERSON', column('id')], sk: ['PERSON'] },
  attributes: { id: 'id', name: 'name', born: 'born', worth: 'worth', rank: 'rank', extra: 'extra' },
  computed: { initial: { from: ['name'], type: textColumn(), value: ({ name }) => name.slice(0, 1) } },
  changes: { allow: ['name', 'born', 'worth', 'extra'], insert: true },
});
const place = placeOf(createCatalog([people]), people, [1]);
const update = (set: Record<string, unknown>) => readChangeRequest(place, { op: 'update', set: set as never });

describe('readChangeRequest', () => {
  it('lets nobody set what is computed', () => {
    expect(() => update({ initial: 'A' })).toThrow(expect.objectContaining({ name: 'NotAllowedError' }));
    expect(() =>
      readChangeRequest(place, { op: 'insert', values: { name: 'Ada', rank: 1, initial: 'A' } as never }),
    ).toThrow('people.initial cannot be changed by customers.');
  });

  it('reads values by the types of their columns', () => {
    expect(update({ name: 'Ada', born: null, worth: '99999999999999999999.5', extra: { a: [1, '2'] } })).toEqual({
      op: 'u',
      set: {
        name: text('Ada'),
        born: { NULL: true },
        worth: number('99999999999999999999.5'),
        extra: { M: { a: { L: [number(1), text('2')] } } },
      },
    });
  });

  it.each([
    ['an unknown attribute', { nam: 'x' }, 'people has no attribute "nam".', 'nam'],
    ['an attribute of the prototype', { toString: 'x' }, 'people has no attribute "toString".', 'toString'],
    ['a value of the wrong type', { name: 5 }, 'is not a value of type text.', 'name'],
    ['null where SQL has none', { name: null }, 'people.name must not be null.', 'name'],
    ['a text that is no number', { worth: 'much' }, 'people.worth: "much" is not a value of type numeric.', 'worth'],
    ['more digits than DynamoDB holds', { worth: '1'.repeat(39) }, '39 significant digits', 'worth'],
    ['a NUL character', { name: 'a\0b' }, 'U+0000', 'name'],
    ['half a surrogate pair inside JSON', { extra: { deep: ['\ud800'] } }, 'surrogate', 'extra'],
  ])('refuses %s', (_, set, message, attribute) => {
    expect(() => update(set)).toThrow(
      expect.objectContaining({
        code: 'HYBRIDGE_SDK_VALUE_INVALID',
        message: expect.stringContaining(message),
        facts: expect.objectContaining({ view: 'people', key: '1', attribute }),
      }),
    );
  });

  it('accepts characters outside the basic plane', () => {
    expect(update({ name: 'Ada 👩‍💻' }).set).toEqual({ name: text('Ada 👩‍💻') });
  });

  it.each(['rank', 'id'])('refuses to change %s, naming what may be changed', (attribute) => {
    expect(() => update({ [attribute]: 1 })).toThrow(
      expect.objectContaining({
        code: 'HYBRIDGE_SDK_NOT_ALLOWED',
        facts: expect.objectContaining({ fix: 'Customers may change name, born, worth, extra.' }),
      }),
    );
  });

  it('refuses a change of nothing', () => {
    expect(() => update({ name: undefined })).toThrow('The change names no attribute.');
  });

  it('refuses a delete the view does not allow', () => {
    expect(() => readChangeRequest(place, { op: 'delete' })).toThrow('people does not let customers delete rows.');
  });

  it('refuses an insert without an attribute that SQL needs', () => {
    expect(() => readChangeRequest(place, { op: 'insert', values: { name: 'Ada' } })).toThrow(
      'people.rank is missing.',
    );
  });

  it('refuses an insert whose key attribute contradicts the key', () => {
    expect(() => readChangeRequest(place, { op: 'insert', values: { id: '2', name: 'Ada' } })).toThrow(
      'people.id is part of the key, and the key says otherwise.',
    );
  });
});

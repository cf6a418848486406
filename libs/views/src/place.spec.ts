/** Views whose key has columns that may change, and views that lie together. */
import type { ChangeEvent, InboxRow } from '@hybridge/contracts';
import { NULL, anchorKey, text as textValue } from '@hybridge/protocol';
import { addressColumns } from './address.ts';
import { createCatalog } from './catalog.ts';
import { int4 } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { decodeAnswer, decodeRowChange, provenanceOf } from './decode-event.ts';
import { column } from './key-template.ts';
import { anchorOfRow, placeOfRow } from './place.ts';
import { UNAVAILABLE, columnsOfView, keyFromParts } from './row.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { jsonRow, rowEvent } from './testing.features.ts';
import { view } from './view.ts';

const shop = source('shop', 'postgres');
const people = table({
  source: shop,
  name: 'public.people',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), name: notNull(text()) },
});
const notes = table({
  source: shop,
  name: 'public.notes',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), person_id: nullable(int4()), body: notNull(text()) },
});
const definition = {
  table: notes,
  key: { pk: ['c1', 'PERSON', column('person_id')], sk: ['NOTE', column('id')] },
  attributes: { body: 'body' },
} as const;
const notesOf = view('notes', definition);
const person = view('people', {
  table: people,
  key: { pk: ['c1', 'PERSON', column('id')], sk: ['PERSON'] },
  attributes: { name: 'name' },
});

const invalid = (message: string) =>
  expect.objectContaining({
    code: 'HYBRIDGE_VIEW_DEFINITION_INVALID',
    message: expect.stringContaining(message) as string,
  }) as Error;

describe('a view whose items move', () => {
  it('says so, and is found by all columns of its key', () => {
    expect([notesOf.moves, person.moves]).toEqual([true, false]);
    expect([addressColumns(notesOf), addressColumns(person)]).toEqual([['person_id', 'id'], ['id']]);
    expect(columnsOfView(notesOf)).toEqual(['id', 'person_id', 'body']);
    expect(keyFromParts(notesOf, ['42', '7'])).toEqual({ person_id: { N: '42' }, id: { N: '7' } });
  });

  it('has a place for a row, and none for one with a NULL in it', () => {
    expect(placeOfRow(notesOf, { id: { N: '7' }, person_id: { N: '42' } })).toEqual({
      pk: 'c1#PERSON#42',
      sk: 'NOTE#7',
    });
    expect(placeOfRow(notesOf, { id: { N: '7' }, person_id: NULL })).toBeUndefined();
    expect(() => placeOfRow(notesOf, { id: { N: '7' } })).toThrow('person_id has no value');
    expect(anchorOfRow(notesOf, { id: { N: '7' } })).toEqual(anchorKey('c1.notes', '7'));
  });

  it.each([
    ['changes', { changes: { allow: ['body'] } }, 'customers'],
    ['raw writes', { rawWrites: 'capture', changes: { allow: ['body'] } }, 'raw write'],
    ['being the first copy', { primary: 'dynamodb' }, `primary 'dynamodb'`],
    ['a column that is not there', { key: { pk: ['c1', column('who')], sk: [column('id')] } }, 'column "who"'],
  ])('refuses %s', (_, changes, message) => {
    expect(() => view('notes', { ...definition, ...changes } as never)).toThrow(invalid(message));
  });
});

describe('an event of such a view', () => {
  const decoded = (op: ChangeEvent['op'], after: object | undefined, before?: object) => {
    const record = { epoch: 1, offset: 1n, key: '{"id":7}', aged: false };
    return decodeRowChange(notesOf, rowEvent(notes, op, before, after), record);
  };
  const anchor = anchorKey('c1.notes', '7');
  const place = { pk: 'c1#PERSON#42', sk: 'NOTE#7' };

  it('names the place and the anchor', () => {
    const { key, move, change } = decoded('c', { id: 7, person_id: 42, body: 'b' });
    expect([key, move, change.key, change.kind]).toEqual([place, { anchor, place }, place, 'upsert']);
  });

  it('has no place where the row is gone, or has a NULL in its key', () => {
    expect(decoded('d', undefined)).toMatchObject({
      key: anchor,
      move: { anchor, place: undefined },
      change: { kind: 'delete' },
    });
    expect(decoded('u', { id: 7, person_id: null, body: 'b' }).move).toEqual({ anchor, place: undefined });
  });

  it('is probably about a row that stays, unless the row before lay elsewhere', () => {
    const after = { id: 7, person_id: 42, body: UNAVAILABLE };
    expect(decoded('u', after)).toMatchObject({ guess: 'same', change: { kind: 'partial' } });
    expect(decoded('u', after, { id: 7, person_id: 41, body: 'b' }).guess).toBe('other');
  });

  it('says that a row lies elsewhere than an answer was asked for', () => {
    const answer = (person_id: number | null): InboxRow => ({
      changeId: 'c',
      view: 'notes',
      key: place,
      outcome: 'A',
      code: undefined,
      message: undefined,
      image: { exists: true, row: jsonRow({ id: 7, person_id, body: 'b' }) },
      at: 0,
    });
    const provenance = provenanceOf({ epoch: 1, offset: 1n }, rowEvent(notes, 'c', undefined, undefined));
    expect(decodeAnswer(notesOf, answer(42), provenance).signal.image).toEqual({
      exists: true,
      columns: { body: textValue('b') },
    });
    for (const other of [41, null]) {
      expect(decodeAnswer(notesOf, answer(other), provenance).signal.image).toEqual({ exists: false });
    }
  });
});

describe('a collection', () => {
  const page = (collect: object) =>
    view('people', { table: people, key: person.key, attributes: { name: 'name' }, collect } as never);

  it('holds views whose items lie together', () => {
    const of = page({ notes: notesOf });
    expect(createCatalog([of, notesOf]).views).toEqual([of, notesOf]);
    expect(() => createCatalog([of])).toThrow(invalid('which is not in the catalog; add it'));
  });

  it.each([
    ['an attribute by the same name', { name: notesOf }, 'both an attribute and a collection'],
    [
      'items that lie elsewhere',
      { n: view('n', { ...definition, key: { pk: ['n1', column('id')], sk: ['N'] } }) },
      'lie elsewhere',
    ],
    ['items nobody may have read', { n: view('n', { ...definition, mode: 'lazy' }) }, 'which is lazy'],
  ])('refuses %s', (_, collect, message) => {
    expect(() => page(collect)).toThrow(invalid(message));
  });
});

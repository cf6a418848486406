import { parseJson } from '@hybridge/contracts';
import { NULL, text as textValue } from '@hybridge/protocol';
import { createCatalog } from './catalog.ts';
import { bool, jsonb } from './codecs/others.ts';
import { int4, int8, numeric } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { column } from './key-template.ts';
import {
  UNAVAILABLE,
  columnsOfView,
  decodeChangeRow,
  decodeImageRow,
  decodeTextRow,
  fromPlain,
  keyFromParts,
  keyOfRow,
  projectRow,
  toDocument,
  toSqlText,
} from './row.ts';
import { shapeOf } from './shape.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { view } from './view.ts';

const people = table({
  source: source('test', 'postgres'),
  name: 'public.people',
  primaryKey: ['id', 'label'],
  columns: {
    id: notNull(int8()),
    label: notNull(text()),
    city: nullable(text()),
    credit: notNull(numeric()),
    secret: notNull(text()),
  },
});
const definition = {
  table: people,
  key: { pk: ['p1', column('id')], sk: ['P', column('label')] },
  attributes: { id: 'id', town: 'city', credit: 'credit' },
} as const;
const peopleView = view('people', definition);
const names = columnsOfView(peopleView);
const json = (value: object) => parseJson(JSON.stringify(value)) as never;
const row = { id: { N: '42' }, label: textValue('home'), city: NULL, credit: { N: '1.5' } };

describe('rows', () => {
  it('need the key and the attributes, nothing else', () => {
    expect(names).toEqual(['id', 'label', 'city', 'credit']);
  });

  it('read alike from all three ways, with NULL kept', () => {
    const given = { id: 42, label: 'home', city: null, credit: '1.50', secret: 'x', added: 1 };
    expect(decodeChangeRow(people, names, json(given))).toEqual({ row, unavailable: [] });
    expect(decodeImageRow(people, names, json({ ...given, credit: 1.5 }))).toEqual(row);
    expect(decodeTextRow(people, names, { id: '42', label: 'home', city: null, credit: '1.50' })).toEqual(row);
  });

  it('tell which columns the event did not carry', () => {
    const given = json({ id: 42, label: 'home', city: UNAVAILABLE, credit: '1.5' });
    expect(decodeChangeRow(people, names, given)).toMatchObject({
      unavailable: ['city'],
      row: { credit: { N: '1.5' } },
    });
  });

  it.each([decodeImageRow, (...args: Parameters<typeof decodeImageRow>) => decodeChangeRow(...args).row])(
    'refuse a dropped column',
    (decode) => {
      expect(() => decode(people, names, json({ id: 1, label: 'a', city: null }))).toThrow(
        expect.objectContaining({
          code: 'HYBRIDGE_VIEW_COLUMN_MISSING',
          message: expect.stringContaining('credit') as string,
        }),
      );
    },
  );

  it('project onto attributes, and leave out what is not there', () => {
    expect(projectRow(peopleView, row)).toEqual({ id: { N: '42' }, town: NULL, credit: { N: '1.5' } });
    expect(projectRow(peopleView, { credit: { N: '2' } })).toEqual({ credit: { N: '2' } });
  });

  it('have a key, unless a key column is NULL', () => {
    expect(keyOfRow(peopleView, row)).toEqual({ pk: 'p1#42', sk: 'P#home' });
    expect(() => keyOfRow(peopleView, { ...row, label: NULL })).toThrow(
      expect.objectContaining({ code: 'HYBRIDGE_VIEW_KEY_INVALID' }),
    );
  });

  it('become documents of the view’s attributes only', () => {
    expect(
      toDocument(peopleView, { id: { N: '42' }, town: NULL, credit: { N: '1.5' }, other: textValue('x') }),
    ).toEqual({ id: '42', town: null, credit: '1.5' });
  });

  it('take values from customers by type, null only where SQL takes it', () => {
    expect(fromPlain(peopleView, 'town', null)).toEqual(NULL);
    expect(fromPlain(peopleView, 'credit', 7)).toEqual({ N: '7' });
    expect(() => fromPlain(peopleView, 'credit', null)).toThrow('must not be null');
  });

  it('become SQL parameters', () => {
    expect([toSqlText(people, 'city', NULL), toSqlText(people, 'id', { N: '42' })]).toEqual([null, '42']);
  });

  it('are found by the parts of their key', () => {
    expect(keyFromParts(peopleView, ['42', 'home'])).toEqual({ id: { N: '42' }, label: textValue('home') });
    for (const parts of [['42'], ['x', 'home'], ['42', '']])
      expect(() => keyFromParts(peopleView, parts)).toThrow(/HYBRIDGE|bigint|part|empty/);
  });
});

describe('definitions', () => {
  const invalid = expect.objectContaining({ code: 'HYBRIDGE_VIEW_DEFINITION_INVALID' });
  const loose = (changes: object) => () => view('people', { ...definition, ...changes } as never);

  it('have careful defaults', () => {
    expect(peopleView).toMatchObject({
      mode: 'eager',
      changes: { allow: [], policy: 'sql-wins', insert: false, delete: false },
      events: [],
    });
  });

  it.each([
    ['a key without the primary key', { key: { pk: ['p1', column('id')], sk: ['P'] } }],
    [
      'a key with a column that is not there',
      { key: { pk: ['p1', column('id')], sk: [column('label'), column('town')] } },
    ],
    ['a key without prefix', { key: { pk: [column('id')], sk: [column('label')] } }],
    ['a reserved attribute', { attributes: { _st: 'city' } }],
    ['a key attribute by the name of ours', { attributes: { pk: 'city' } }],
    ['a column that is not there', { attributes: { town: 'town' } }],
    ['a change of the key', { changes: { allow: ['id'] } }],
  ])('refuse %s', (_, changes) => {
    expect(loose(changes)).toThrow(invalid);
  });

  it.each([
    ['no schema', { name: 'people' }],
    ['no key', { primaryKey: [] }],
    ['a key that may be NULL', { primaryKey: ['city'] }],
    ['a key that is not there', { primaryKey: ['nobody'] }],
  ])('refuse a table with %s', (_, changes) => {
    expect(() =>
      table({
        source: source('test', 'postgres'),
        name: 'public.people',
        primaryKey: ['id'],
        columns: people.columns,
        ...changes,
      } as never),
    ).toThrow(invalid);
  });
});

describe('createCatalog', () => {
  const flags = table({
    source: source('test', 'postgres'),
    name: 'public.flags',
    primaryKey: ['id'],
    columns: { id: notNull(int4()), on: notNull(bool()), data: notNull(jsonb()) },
  });
  const flagsView = view('flags', {
    table: flags,
    key: { pk: ['f1', column('id')], sk: ['F'] },
    attributes: { on: 'on' },
  });
  const second = view('flags-data', {
    table: flags,
    key: { pk: ['g1', column('id')], sk: ['F'] },
    attributes: { data: 'data' },
  });
  const catalog = createCatalog([peopleView, flagsView, second]);

  it('finds views by name, table and key', () => {
    expect(catalog.byName('flags')).toBe(flagsView);
    expect(catalog.byTable('test', 'public.flags')).toEqual([flagsView, second]);
    expect(catalog.byTable('test', 'public.nothing')).toEqual([]);
    expect(catalog.byKey({ pk: 'g1#7', sk: 'F' })).toEqual({ view: second, row: { id: { N: '7' } } });
    expect(catalog.byKey({ pk: 'zz#7', sk: 'F' })).toBeUndefined();
    expect(catalog.tables.map(({ name }) => name)).toEqual(['public.people', 'public.flags']);
  });

  it('names the views there are when asked for another', () => {
    expect(() => catalog.byName('people2')).toThrow(
      expect.objectContaining({
        code: 'HYBRIDGE_VIEW_UNKNOWN',
        message: expect.stringContaining('people, flags') as string,
      }),
    );
  });

  it('refuses two of a name, and two that make the same keys', () => {
    expect(() => createCatalog([flagsView, flagsView])).toThrow('Two views are named flags');
    const twin = view('twin', { table: flags, key: { pk: ['f1', column('id')], sk: ['F'] }, attributes: { on: 'on' } });
    expect(() => createCatalog([flagsView, twin])).toThrow('make the same keys');
  });
});

describe('items that end', () => {
  const ending = (changes: object) => view('people', { ...definition, ...changes } as never);

  it('are of lazy views, and end no sooner than what holds off older changes', () => {
    expect(shapeOf(ending({ mode: 'lazy', ttlSeconds: 86_400 })).idleMs).toBe(86_400_000);
    expect(shapeOf(ending({ mode: 'lazy' })).idleMs).toBeUndefined();
    expect(() => ending({ ttlSeconds: 86_400 })).toThrow('remove ttlSeconds, or make the view lazy');
    for (const ttlSeconds of [3_599, 86_400.5]) {
      expect(() => ending({ mode: 'lazy', ttlSeconds })).toThrow('at least 3600');
    }
  });
});

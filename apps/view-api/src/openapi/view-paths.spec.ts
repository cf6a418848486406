import { column, createCatalog, int4, notNull, nullable, source, table, text, view } from '@hybridge/views';
import { describeViews } from '../describe-views.ts';
import { schemasOf } from './view-paths.ts';

const people = view('people', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.people',
    primaryKey: ['id'],
    columns: { id: notNull(int4()), name: notNull(text()) },
  }),
  key: { pk: ['p1', column('id')], sk: ['P'] },
  attributes: { id: 'id', name: 'name' },
  computed: {
    initial: { from: ['name'], type: nullable(text()), value: ({ name }) => name[0] ?? null },
    size: { from: ['name'], type: int4(), value: ({ name }) => name.length },
  },
  changes: { allow: ['name'], insert: true },
  access: { read: ['public'], update: ['authenticated'], insert: ['authenticated'], fields: { size: { read: [] } } },
});

describe('computed attributes', () => {
  it('are in the schema of the document by their type, and in no schema of a change', () => {
    const schemas = schemasOf(people) as Record<string, { properties: object; required: readonly string[] }>;
    expect(schemas['People']).toMatchObject({
      properties: { size: { type: 'integer' } },
      required: ['id', 'name', 'initial'],
    });
    expect(Object.keys(schemas['People']?.properties ?? {})).toEqual(['id', 'name', 'initial', 'size']);
    expect(Object.keys(schemas['PeopleUpdate']?.properties ?? {})).toEqual(['name']);
    expect(Object.keys(schemas['PeopleInsert']?.properties ?? {})).toEqual(['name']);
  });

  it('are among the attributes of a view, and nobody changes them', () => {
    expect(describeViews(createCatalog([people]))).toMatchObject({
      views: [{ attributes: { initial: { type: 'text', nullable: true, changeable: false } } }],
    });
  });
});

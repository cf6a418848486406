/** What a definition derives of a row: computed attributes, and whether the row belongs to the view. */
import { parseJson } from '@hybridge/contracts';
import { type Attributes, NULL, text as textValue } from '@hybridge/protocol';
import { changeDecoder } from './change-decoder.ts';
import { int4, numeric } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { UnstorableValueError } from './errors.ts';
import { attribute, indexAttributes } from './indexes.ts';
import { column } from './key-template.ts';
import { UNAVAILABLE, assertStorableRow, columnsOfView, fromPlain, projectRow, toDocument } from './row.ts';
import { shapeOf } from './shape.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { view } from './view.ts';

const articles = table({
  source: source('shop', 'postgres'),
  name: 'public.articles',
  primaryKey: ['id'],
  columns: {
    id: notNull(int4()),
    title: notNull(text()),
    body: nullable(text()),
    price: notNull(numeric()),
    state: notNull(text()),
    remark: nullable(text()),
  },
});
const definition = {
  table: articles,
  key: { pk: ['a1', column('id')], sk: ['A'] },
  attributes: { id: 'id', title: 'title', body: 'body', price: 'price' },
} as const;
const articlesView = view('articles', {
  ...definition,
  computed: {
    teaser: {
      from: ['title', 'body'],
      type: text(),
      value: ({ title, body }) => `${title}: ${body?.slice(0, 3) ?? ''}`,
    },
    cents: {
      from: ['price'],
      type: nullable(int4()),
      value: ({ price }) => (price === '0' ? null : Number(price) * 100),
    },
  },
  where: { from: ['state', 'remark'], keep: ({ state, remark }) => state !== 'draft' && remark !== 'gone' },
  indexes: { byPrice: { pk: ['PRICE'], sk: [attribute('cents'), attribute('title')] } },
});
const row = (changes: object = {}) => ({
  id: { N: '1' },
  title: textValue('T'),
  body: textValue('long'),
  price: { N: '2.5' },
  state: textValue('out'),
  remark: NULL,
  ...changes,
});
const json = (changes: object = {}) =>
  parseJson(
    JSON.stringify({ id: 1, title: 'T', body: 'long', price: '2.50', state: 'out', remark: null, ...changes }),
  ) as never;
const decoded = (changes: object = {}, of = articlesView) => {
  const decoder = changeDecoder(of);
  return decoder.columnsOf(json(changes), decoder.keyOf(json(changes)));
};

const own = { id: { N: '1' }, title: textValue('T'), body: textValue('long'), price: { N: '2.5' } };
const derived = { teaser: textValue('T: lon'), cents: { N: '250' } };

describe('computed attributes', () => {
  it('are own columns of the item, however the row is read', () => {
    expect(projectRow(articlesView, row())).toEqual({ ...own, ...derived });
    expect(decoded()).toEqual({ kind: 'upsert', columns: { ...own, ...derived }, links: {} });
    expect(shapeOf(articlesView).names).toEqual([...Object.keys({ ...own, ...derived }), '_byPrice_pk', '_byPrice_sk']);
  });

  it('are shown by the codec of their type, NULL as null', () => {
    const columns = projectRow(articlesView, row({ price: { N: '0' } })) ?? {};
    expect(toDocument(articlesView, columns)).toEqual({
      id: 1,
      title: 'T',
      body: 'long',
      price: '0',
      teaser: 'T: lon',
      cents: null,
    });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['gives NULL where its type has none', () => null],
    ['gives nothing', () => undefined],
    ['gives a value of another type', () => 7],
  ])('make a row that cannot be stored of one for which its function %s', (_, value) => {
    const failing = view('failing', {
      ...definition,
      computed: { teaser: { from: ['title'], type: text(), value: value as never } },
    });
    expect(() => decoded({}, failing as never)).toThrow(UnstorableValueError);
    expect(() => assertStorableRow(failing, row())).toThrow('failing.teaser cannot be computed');
    expect(projectRow(failing, row())).toEqual({ ...own, teaser: NULL });
  });

  it('and keys of indexes follow what is visible, whatever the columns said of them', () => {
    const { derived: of } = shapeOf(articlesView);
    const visible = { ...own, ...derived, title: textValue('New'), price: { N: '1' } };
    expect(of?.of(visible)).toEqual({
      set: {
        ...visible,
        teaser: textValue('New: lon'),
        cents: { N: '100' },
        ...indexAttributes(articlesView, { ...visible, cents: { N: '100' } }),
      },
      remove: [],
    });
    expect(of?.of({ ...visible, price: { N: '0' } }).remove).toEqual(['_byPrice_pk', '_byPrice_sk']);
  });

  it('are asked for by their type, as queries of an index do', () => {
    expect(fromPlain(articlesView, 'cents', 250)).toEqual({ N: '250' });
    expect(() => fromPlain(articlesView, 'cents', 'many')).toThrow('articles.cents: ');
  });

  it('lie in the map of a document view', () => {
    const packed = view('packed', {
      ...definition,
      layout: 'document',
      computed: { size: { from: ['title'], type: int4(), value: ({ title }) => title.length } },
      indexes: { bySize: { pk: ['SIZE'], sk: [attribute('size')] } },
    });
    const columns = projectRow(packed, row()) ?? {};
    expect(columns).toEqual({ d: { M: { ...own, size: { N: '1' } } } });
    const { set } = shapeOf(packed).derived?.of({ d: { M: { ...own, title: textValue('four') } } }) ?? { set: {} };
    expect((set as Attributes)['d']).toEqual({ M: { ...own, title: textValue('four'), size: { N: '4' } } });
    expect(Object.keys(set)).toEqual(['d', '_bySize_pk', '_bySize_sk']);
  });
});

describe('an update that leaves columns out', () => {
  it('is one of parts where every derived attribute has all of its sources, or none', () => {
    const onlyCents = view('parts', {
      ...definition,
      computed: {
        size: { from: ['body'], type: nullable(int4()), value: ({ body }) => body?.length ?? null },
        cents: { from: ['price'], type: int4(), value: ({ price }) => Number(price) * 100 },
      },
    });
    const { body: _, ...rest } = own;
    expect(decoded({ body: UNAVAILABLE }, onlyCents as never)).toEqual({
      kind: 'partial',
      links: {},
      columns: { ...rest, cents: { N: '250' } },
    });
  });

  it('is left to SQL where something follows from columns of which some are there', () => {
    expect(decoded({ body: UNAVAILABLE })).toEqual({ kind: 'touched', columns: {} });
  });

  it('cannot make an item whose belonging it does not tell', () => {
    expect(decoded({ state: UNAVAILABLE, remark: UNAVAILABLE })).toEqual({
      kind: 'partial',
      links: {},
      columns: { ...own, ...derived },
    });
    expect(decoded({ remark: UNAVAILABLE })).toEqual({ kind: 'touched', columns: {} });
  });
});

describe('rows that do not belong', () => {
  const fails = (): boolean => {
    throw new Error('no');
  };
  it.each([{ state: 'draft' }, { remark: 'gone' }])('are deleted ones: %j', (changes) => {
    expect(decoded(changes)).toEqual({ kind: 'delete', columns: {} });
    const values = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, textValue(value)]));
    expect(projectRow(articlesView, row(values))).toBeUndefined();
  });

  it('need not be storable', () => {
    expect(decoded({ state: 'draft', price: '1e200' })).toEqual({ kind: 'delete', columns: {} });
  });

  it('are told by columns that the view reads, though it does not show them', () => {
    expect(columnsOfView(articlesView)).toEqual(['id', 'title', 'body', 'price', 'state', 'remark']);
  });

  it('are not told by a function that fails: the row is kept out of the item, and shown', () => {
    const failing = view('failing', {
      ...definition,
      where: { from: ['state'], keep: fails },
    });
    expect(() => decoded({}, failing as never)).toThrow(UnstorableValueError);
    expect(projectRow(failing, row())).toEqual(own);
  });
});

describe('definitions', () => {
  const always = (): boolean => true;
  const make = (more: object) => () => view('articles', { ...definition, ...more } as never);
  const computed = (field: object) => ({
    computed: { teaser: { from: ['title'], type: text(), value: () => '', ...field } },
  });

  it.each([
    ['is both computed and a column', { computed: { title: { from: ['body'], type: text(), value: () => '' } } }],
    ['is computed from nothing', computed({ from: [] })],
    ['computed from "state"', computed({ from: ['state'] })],
    ['is reserved', { computed: { _x: { from: ['title'], type: text(), value: () => '' } } }],
    ['names "teaser"', { ...computed({}), changes: { allow: ['teaser'] } }],
    ['where looks at column "nothing"', { where: { from: ['nothing'], keep: always } }],
    ['where looks at no column', { where: { from: [], keep: always } }],
    [
      'remove where',
      {
        where: { from: ['state'], keep: always },
        primary: 'dynamodb',
        changes: { allow: ['title', 'body', 'price'] },
      },
    ],
    [
      'changes.upsert',
      {
        where: { from: ['state'], keep: always },
        changes: { allow: ['title'], policy: 'customer-wins', upsert: true },
      },
    ],
    [
      'a lazy view cannot tell',
      {
        where: { from: ['state'], keep: always },
        mode: 'lazy',
        events: (on: { deleted: (...args: unknown[]) => unknown }) => [on.deleted({}, () => ({}))],
      },
    ],
  ])('refuse what %s', (message, more) => {
    expect(make(more)).toThrow(message);
  });

  it('count what is derived among the attributes an expression has room for', () => {
    const many = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`c${i}`, { from: ['title'], type: text(), value: () => '' }]),
      );
    expect(make({ computed: many(200) })).not.toThrow();
    expect(make({ computed: many(300) })).toThrow('bytes long');
  });
});

import { createCatalog } from './catalog.ts';
import { int4 } from './codecs/numbers.ts';
import { column } from './key-template.ts';
import { type Source, type SourceKind, inboxTableOf, source } from './source.ts';
import { notNull, table } from './table.ts';
import { view } from './view.ts';

const viewOf = (name: string, of: Source, tableName = 'main.people') =>
  view(name, {
    table: table({ source: of, name: tableName, primaryKey: ['id'], columns: { id: notNull(int4()) } }),
    key: { pk: [name, column('id')], sk: ['P'] },
    attributes: { id: 'id' },
  });

describe('source', () => {
  it('is a name and a kind', () => {
    expect(source('web-shop-2', 'mariadb')).toEqual({ name: 'web-shop-2', kind: 'mariadb', inboxSchema: undefined });
  });

  it.each(['', 'Shop', '2nd', 'web_shop', 'web.shop', 'a b', 'x'.repeat(41)])('cannot be named "%s"', (name) => {
    expect(() => source(name, 'postgres')).toThrow(/cannot be named so; take 1 to 40/);
  });

  it('must be of a kind there is', () => {
    expect(() => source('shop', 'oracle' as SourceKind)).toThrow(/kind "oracle"[^]*postgres, mariadb, mysql/);
  });
});

describe('the inbox of a source', () => {
  it.each([
    ['public of PostgreSQL, whatever its tables', source('a', 'postgres'), ['sales', 'stock'], 'public'],
    ['the database of MariaDB', source('a', 'mariadb'), ['stock', 'stock'], 'stock'],
    ['the database of MySQL', source('a', 'mysql'), ['stock'], 'stock'],
    ['what was said', source('a', 'mysql', { inboxSchema: 'ours' }), ['stock', 'prices'], 'ours'],
  ])('is in %s', (_, of, schemas, schema) => {
    expect(inboxTableOf(of, schemas)).toBe(`${schema}.hybridge_inbox`);
  });

  it('must be said where there are several databases', () => {
    expect(() => inboxTableOf(source('a', 'mariadb'), ['stock', 'prices'])).toThrow(
      "tables in stock, prices; say which of them its inbox is in: source('a', 'mariadb', { inboxSchema: 'stock' }).",
    );
  });
});

describe('a catalog of several sources', () => {
  const shop = source('shop', 'postgres');
  const stock = source('stock', 'mariadb');
  const people = viewOf('people', shop);
  const staff = viewOf('staff', stock);
  const catalog = createCatalog([people, staff]);

  it('keeps tables of one name apart', () => {
    expect(catalog.sources).toEqual([shop, stock]);
    expect(catalog.byTable('shop', 'main.people')).toEqual([people]);
    expect(catalog.byTable('stock', 'main.people')).toEqual([staff]);
    expect(catalog.byTable('nobody', 'main.people')).toEqual([]);
    expect(catalog.tables.map(({ source: of, name }) => [of.name, name])).toEqual([
      ['shop', 'main.people'],
      ['stock', 'main.people'],
    ]);
  });

  it('knows the inbox of each', () => {
    expect([catalog.inboxOf('shop'), catalog.inboxOf('stock')]).toEqual([
      'public.hybridge_inbox',
      'main.hybridge_inbox',
    ]);
    expect(() => catalog.inboxOf('nobody')).toThrow('There is no source "nobody"; there are shop, stock.');
  });

  it('takes one source that several files define alike, and no other', () => {
    expect(createCatalog([people, viewOf('more', source('shop', 'postgres'))]).sources).toEqual([shop]);
    expect(() => createCatalog([people, viewOf('more', source('shop', 'mysql'))])).toThrow(/shop is defined twice/);
    expect(() => createCatalog([people, viewOf('more', source('shop', 'postgres', { inboxSchema: 'x' }))])).toThrow(
      /shop is defined twice/,
    );
  });
});

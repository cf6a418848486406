import { column, createCatalog, int4, notNull, source, table, view } from '@hybridge/views';
import { type ConnectOptions, connectHybridge } from './connect.ts';

const viewOf = (name: string, of: string) =>
  view(name, {
    table: table({
      source: source(of, 'postgres'),
      name: `public.${name}`,
      primaryKey: ['id'],
      columns: { id: notNull(int4()) },
    }),
    key: { pk: [name, column('id')], sk: ['X'] },
    attributes: { id: 'id' },
  });
const one = createCatalog([viewOf('a', 'shop')]);
const two = createCatalog([viewOf('a', 'shop'), viewOf('b', 'stock')]);
const server = { url: 'postgres://nobody@127.0.0.1:1/nothing', applicationName: 'test' };
const options = (more: Partial<ConnectOptions>): ConnectOptions => ({
  catalog: two,
  dynamodb: { region: 'eu-west-1', tableName: 'views' },
  ...more,
});

describe('connectHybridge', () => {
  it.each([
    ['one database', { catalog: one, sql: server }],
    ['one by its name, with a replica', { catalog: one, sources: { shop: { primary: server, replica: server } } }],
    ['one of each source', { sources: { shop: { primary: server }, stock: { primary: server } } }],
  ])('takes %s, and connects to none before it must', async (_, more) => {
    await connectHybridge(options(more))[Symbol.asyncDispose]();
  });

  it.each([
    ['no database', { catalog: one }, 'No database is given of source shop.'],
    ['none of a source', { sources: { shop: { primary: server } } }, 'No database is given of source stock.'],
    ['one for several', { sql: server }, 'The catalog has the sources shop, stock: give sources'],
    ['both forms', { catalog: one, sql: server, sources: { shop: { primary: server } } }, 'Both sql and sources'],
    [
      'one of nobody',
      { catalog: one, sources: { shop: { primary: server }, stock: { primary: server } } },
      'sources names stock, but the catalog has shop.',
    ],
  ])('refuses %s', (_, more, message) => {
    expect(() => connectHybridge(options(more))).toThrow(message);
  });
});

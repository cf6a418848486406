import { column, createCatalog, int4, notNull, source, table, view } from '@hybridge/views';
import { sourceOfTopic, tableOfTopic, topicOf, topicsOf } from './topics.ts';

const viewOf = (name: string, of: ReturnType<typeof source>, tableName: string) =>
  view(name, {
    table: table({ source: of, name: tableName, primaryKey: ['id'], columns: { id: notNull(int4()) } }),
    key: { pk: [name, column('id')], sk: ['X'] },
    attributes: { id: 'id' },
  });
const catalog = createCatalog([
  viewOf('people', source('shop', 'postgres'), 'sales.people'),
  viewOf('things', source('web-stock', 'mariadb'), 'stock.things'),
]);

describe.each([undefined, 'staging-', 'eu.staging.'])('topics behind the prefix %s', (prefix) => {
  it('are those of every table and of the inbox of every source', () => {
    expect(topicsOf(catalog, prefix)).toEqual(
      [
        'shop.sales.people',
        'shop.public.hybridge_inbox',
        'web-stock.stock.things',
        'web-stock.stock.hybridge_inbox',
      ].map((topic) => `${prefix ?? ''}${topic}`),
    );
  });

  it('tell their source and table', () => {
    for (const name of ['shop', 'web-stock']) {
      const topic = topicOf(name, 'stock.things', prefix);
      expect([sourceOfTopic(topic, prefix), tableOfTopic(topic, prefix)]).toEqual([name, 'stock.things']);
    }
  });
});

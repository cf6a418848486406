import { catalog as installed, products } from '@hybridge/definitions';
import { UNAVAILABLE, column, createCatalog, partOf, source, view } from '@hybridge/views';
import { changeTopics } from './change-topics.ts';
import { type ConnectorOptions, connectorConfig, connectorName } from './connector-config.ts';

const catalog = partOf(installed, ({ table }) => table.source.name === 'shop');
const productsOnly = partOf(installed, ({ name }) => name === 'products');
const options: ConnectorOptions = {
  catalog,
  database: { host: 'db.example', port: 5432, name: 'shop', user: 'hybridge_capture', password: 'secret' },
};

/** Two databases with a table of one name. */
const twoSources = createCatalog([
  productsOnly.byName('products'),
  view('leads', {
    table: { ...products.table, source: source('web-crm', 'postgres') },
    key: { pk: ['l1', column('id')], sk: ['LEAD'] },
    attributes: { id: 'id' },
  }),
]);

/** Debezium matches the whole name against each entry. */
const captures = (list: string, table: string): boolean =>
  list.split(',').some((pattern) => new RegExp(`^(?:${pattern})$`).test(table));

describe('connectorConfig', () => {
  it.each(installed.sources)('captures every table of $name and its inbox, and nothing else', ({ name: source }) => {
    const config = connectorConfig({ ...options, catalog: installed, source, kafkaBrokers: ['kafka:9092'] });
    const list = config['table.include.list'] as string;
    for (const table of installed.tables) expect(captures(list, table.name)).toBe(table.source.name === source);
    for (const { name } of installed.sources) expect(captures(list, installed.inboxOf(name))).toBe(name === source);
    expect(captures(list, 'public.order_lines')).toBe(false);
    expect(captures(list, 'publicXorders')).toBe(false);
  });

  it('follows the definitions', () => {
    const config = connectorConfig({ ...options, catalog: productsOnly });
    expect(config['table.include.list']).toBe('public\\.products,public\\.hybridge_inbox');
  });

  it('captures only the tables of the source asked for, under its own names', () => {
    const config = connectorConfig({ ...options, catalog: twoSources, source: 'web-crm', topicPrefix: 'staging-' });
    expect(config).toMatchObject({
      'table.include.list': 'public\\.products,public\\.hybridge_inbox',
      'topic.prefix': 'staging-web-crm',
      'slot.name': 'hybridge_web_crm',
    });
    expect(connectorConfig({ ...options, catalog: twoSources, source: 'shop' })['table.include.list']).toBe(
      connectorConfig({ ...options, catalog: productsOnly })['table.include.list'],
    );
    expect(connectorName('web-crm')).toBe('hybridge-web-crm');
  });

  it.each([
    ['none is named', {}, /has the sources shop, web-crm/],
    ['it is another', { source: 'warehouse' }, /no source "warehouse"[^]*shop, web-crm/],
  ])('says which sources there are when %s', (_, given, message) => {
    expect(() => connectorConfig({ ...options, ...given, catalog: twoSources })).toThrow(message);
  });

  it('leaves publication and tables as they are', () => {
    expect(connectorConfig(options)).toMatchObject({
      'publication.name': 'hybridge',
      'publication.autocreate.mode': 'disabled',
      'slot.name': 'hybridge_shop',
      'plugin.name': 'pgoutput',
    });
  });

  it('names unavailable values as the views read them', () => {
    expect(connectorConfig(options)['unavailable.value.placeholder']).toBe(UNAVAILABLE);
  });

  it('keys answers by item, so that they stay in order', () => {
    expect(connectorConfig(options)['message.key.columns']).toBe('public\\.hybridge_inbox:pk,sk');
  });

  it('sends deletes with their tombstone, and truncates', () => {
    expect(connectorConfig(options)).toMatchObject({ 'tombstones.on.delete': 'true', 'skipped.operations': 'none' });
  });

  it('marks every record with the epoch of the source as plain text', () => {
    expect(connectorConfig({ ...options, epoch: 3 })).toMatchObject({
      'transforms.epoch.header': 'hybridge-epoch',
      'transforms.epoch.value.literal': '3',
      'header.converter': 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
    });
  });

  it('keeps the order of a partition when a request is repeated', () => {
    const config = connectorConfig(options);
    expect(config['producer.override.enable.idempotence']).toBe('true');
    expect(Number(config['producer.override.max.in.flight.requests.per.connection'])).toBeLessThanOrEqual(5);
  });

  it('has values that are all texts, as Connect wants them', () => {
    expect(Object.values(connectorConfig(options)).filter((value) => typeof value !== 'string')).toEqual([]);
  });
});

describe('changeTopics', () => {
  it('names a topic for every captured table', () => {
    expect(changeTopics({ catalog: twoSources, topicPrefix: 'test-' }).map(({ topic }) => topic)).toEqual([
      'test-shop.public.products',
      'test-shop.public.hybridge_inbox',
      'test-web-crm.public.products',
      'test-web-crm.public.hybridge_inbox',
    ]);
  });

  it('makes the topics that the connector itself would make', () => {
    const topics = { partitions: 3, replication: 2, retentionMs: 1_000 };
    const [topic] = changeTopics({ catalog, topics });
    const config = connectorConfig({ ...options, topics });
    expect(config['topic.creation.default.partitions']).toBe(String(topic?.partitions));
    expect(config['topic.creation.default.replication.factor']).toBe(String(topic?.replication));
    for (const [name, value] of Object.entries(topic?.config ?? {})) {
      expect(config[`topic.creation.default.${name}`]).toBe(value);
    }
  });

  it('lets no record outlive a tombstone', () => {
    const [topic] = changeTopics({ catalog });
    const longestMs = Number(topic?.config['retention.ms']) + Number(topic?.config['segment.ms']);
    expect(longestMs).toBeLessThan(7 * 86_400_000);
  });
});

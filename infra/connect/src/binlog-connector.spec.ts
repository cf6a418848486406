import { type SourceKind, column, createCatalog, int8, notNull, source, table, view } from '@hybridge/views';
import { type ConnectorOptions, connectorConfig } from './connector-config.ts';

const catalogOf = (kind: SourceKind, name = 'stock') =>
  createCatalog([
    view('prices', {
      table: table({
        source: source(name, kind),
        name: 'stock_room.prices',
        primaryKey: ['id'],
        columns: { id: notNull(int8()) },
      }),
      key: { pk: ['p1', column('id')], sk: ['PRICE'] },
      attributes: { id: 'id' },
    }),
  ]);

const options: ConnectorOptions = {
  catalog: catalogOf('mariadb'),
  database: { host: 'db.example', port: 3306, name: 'stock_room', user: 'hybridge_capture', password: 'secret' },
  kafkaBrokers: ['kafka-1:9092', 'kafka-2:9092'],
};

describe('the connector of a binlog', () => {
  it.each([
    ['mariadb', 'io.debezium.connector.mariadb.MariaDbConnector', 'trust'],
    ['mysql', 'io.debezium.connector.mysql.MySqlConnector', 'preferred'],
  ] as const)('of %s captures its tables and its inbox, in its own words', (kind, name, sslMode) => {
    expect(connectorConfig({ ...options, catalog: catalogOf(kind) })).toMatchObject({
      'connector.class': name,
      'database.ssl.mode': sslMode,
      'database.include.list': 'stock_room',
      'table.include.list': 'stock_room\\.prices,stock_room\\.hybridge_inbox',
      'message.key.columns': 'stock_room\\.hybridge_inbox:pk,sk',
      'topic.prefix': 'stock',
    });
  });

  it('keeps the history of the tables in a topic of its own', () => {
    const config = connectorConfig({ ...options, topicPrefix: 'test-' });
    expect(config['schema.history.internal.kafka.topic']).toBe('_hybridge_schema_history.test-stock');
    expect(config['schema.history.internal.kafka.bootstrap.servers']).toBe('kafka-1:9092,kafka-2:9092');
  });

  it('cannot be had without the brokers for it', () => {
    const { kafkaBrokers: _, ...others } = options;
    expect(() => connectorConfig(others)).toThrow(
      expect.objectContaining({ code: 'HYBRIDGE_CONNECT_BROKERS_MISSING', retry: 'permanent' }),
    );
  });

  it('has a number among the replicas that is the same every time, and another for other topics', () => {
    const id = (given: Partial<ConnectorOptions>) => connectorConfig({ ...options, ...given })['database.server.id'];
    const ids = [id({}), id({ topicPrefix: 'test-' }), id({ catalog: catalogOf('mariadb', 'prices') })];
    expect(new Set(ids).size).toBe(ids.length);
    expect(id({})).toBe(ids[0]);
    for (const one of ids.map(Number)) {
      expect(one).toBeGreaterThanOrEqual(100_000);
      expect(one).toBeLessThan(2 ** 32);
    }
    expect(id({ serverId: 77 })).toBe('77');
  });

  it('has nothing of PostgreSQL, and only texts', () => {
    const config = connectorConfig(options);
    expect(
      Object.keys(config).filter((name) => /slot|publication|plugin|hstore|interval\.handling/.test(name)),
    ).toEqual([]);
    expect(Object.values(config).filter((value) => typeof value !== 'string')).toEqual([]);
  });

  it('loses no number, no time and no year', () => {
    expect(connectorConfig(options)).toMatchObject({
      'bigint.unsigned.handling.mode': 'precise',
      'decimal.handling.mode': 'string',
      'value.converter.decimal.format': 'NUMERIC',
      'key.converter.decimal.format': 'NUMERIC',
      'time.precision.mode': 'microseconds',
      'enable.time.adjuster': 'false',
      'event.converting.failure.handling.mode': 'fail',
      'skipped.operations': 'none',
    });
  });
});

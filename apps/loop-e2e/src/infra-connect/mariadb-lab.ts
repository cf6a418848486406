import { type ChangeEvent, type JsonRow, parseChangeEvent, parseJson } from '@hybridge/contracts';
import { EPOCH_HEADER, changeTopics, connectorConfig, connectorName, registerConnector } from '@hybridge/infra-connect';
import { SqlRole, ensureMariadbAccess, isBinlogRead, migrateMariadb } from '@hybridge/infra-sql';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import { type Catalog, column, createCatalog, int8, notNull, source, table, view } from '@hybridge/views';
import { createConnection } from 'mysql2/promise';
import { eventually } from '../loop/eventually.ts';
import { collectRecords } from './collect-records.ts';

const SOURCE = 'stock';

/** One record of a change topic. */
export interface CapturedRecord {
  readonly table: string;
  /** The key, as JSON text; undefined of a truncate. */
  readonly key: string | undefined;
  /** The value, as JSON text; undefined of a tombstone. */
  readonly value: string | undefined;
  readonly epoch: string | undefined;
}

/** A record that is no tombstone, read as the projector reads it. */
export interface CapturedChange extends ChangeEvent {
  readonly key: string | undefined;
  /** `source` of the event. */
  readonly from: JsonRow;
}

export interface MariadbLab extends AsyncDisposable {
  readonly stack: LocalStack;
  /** Everything captured, in the order of each partition. */
  readonly records: readonly CapturedRecord[];
  /** Changes of a table, in order. */
  changes(tableName: string): readonly CapturedChange[];
  /** As the administrator, each call on a connection of its own; several statements may be given. */
  sql(text: string): Promise<void>;
  /** Starts the connector; resolves when it captures. */
  capture(): Promise<void>;
  /** Waits for changes of a table. */
  until(what: string, tableName: string, holds: (changes: readonly CapturedChange[]) => boolean): Promise<void>;
}

/** A MariaDB with tables of a test in its database, and Debezium behind it; one partition a topic. */
export async function openMariadbLab(tables: readonly string[], schema: string): Promise<MariadbLab> {
  const stack = await startStack({ form: 'native', ports: 'free', components: ['mariadb', 'connect'] });
  const stopping: (() => Promise<unknown>)[] = [() => stack.stop()];
  const stop = async (): Promise<void> => {
    for (const end of stopping.reverse()) await end();
  };
  try {
    const { url, database } = stack.endpoints.mariadb;
    const catalog = catalogOf(database, tables);
    await migrateMariadb({ url, passwords: { [SqlRole.capture]: SqlRole.capture, [SqlRole.app]: SqlRole.app } });
    const sql = sqlOn(url);
    await sql(schema);
    await ensureMariadbAccess({ url, catalog, source: SOURCE });
    const records: CapturedRecord[] = [];
    stopping.push(await collect(stack, catalog, records));
    const changes = (name: string): readonly CapturedChange[] =>
      records.filter((one) => one.table === name).flatMap(changeOf);
    return {
      stack,
      records,
      changes,
      sql,
      capture: () => startCapture(stack, catalog),
      until: (what, name, holds) => eventually(what, async () => holds(changes(name))).then(() => undefined),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The catalog decides what is captured; which columns a view takes does not matter here. */
const catalogOf = (database: string, tables: readonly string[]): Catalog =>
  createCatalog(
    tables.map((name) =>
      view(name.replaceAll('_', '-'), {
        table: table({
          source: source(SOURCE, 'mariadb'),
          name: `${database}.${name}`,
          primaryKey: ['id'],
          columns: { id: notNull(int8()) },
        }),
        key: { pk: [name, column('id')], sk: ['ROW'] },
        attributes: { id: 'id' },
      }),
    ),
  );

const sqlOn =
  (url: string) =>
  async (text: string): Promise<void> => {
    const connection = await createConnection({ uri: url, multipleStatements: true });
    connection.on('error', () => {}); // the query in flight reports it
    try {
      await connection.query(text);
    } finally {
      connection.destroy();
    }
  };

const topics = { partitions: 1 };

async function collect(stack: LocalStack, catalog: Catalog, records: CapturedRecord[]): Promise<() => Promise<void>> {
  const names = changeTopics({ catalog, topics }).map(({ topic }) => topic);
  const collecting = await collectRecords(stack.endpoints.kafka.brokers, names, ({ topic, key, value, headers }) => {
    records.push({ table: topic.slice(topic.lastIndexOf('.') + 1), key, value, epoch: headers[EPOCH_HEADER] });
  });
  return async () => collecting[Symbol.asyncDispose]();
}

async function startCapture(stack: LocalStack, catalog: Catalog): Promise<void> {
  const { connect, mariadb } = stack.endpoints;
  await registerConnector({
    connectUrl: connect.url,
    name: connectorName(SOURCE),
    isCapturing: () => isBinlogRead(mariadb.url),
    config: connectorConfig({
      catalog,
      database: {
        ...connect.databases.mariadb,
        name: mariadb.database,
        user: SqlRole.capture,
        password: SqlRole.capture,
        sslMode: 'disable',
      },
      kafkaBrokers: connect.brokers,
      topics,
      epoch: 3,
    }),
  });
}

const changeOf = ({ key, value }: CapturedRecord): readonly CapturedChange[] => {
  if (value === undefined) return [];
  const { source: from } = parseJson(value) as { source: JsonRow };
  return [{ ...parseChangeEvent(value), key, from }];
};

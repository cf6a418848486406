import { createHash } from 'node:crypto';
import type { SourceKind } from '@hybridge/views';
import { capturedTables } from './captured-tables.ts';
import { type CommonOptions, type ConnectorConfig, commonSettings, escapePattern } from './common-settings.ts';
import { ConnectError } from './errors.ts';

export interface BinlogOptions {
  /** Kafka as Connect reaches it: the connector keeps the history of the tables' definitions there. */
  readonly kafkaBrokers?: readonly string[];
  /** The number the connector has among the replicas of the server; default one made from the name of its topics. */
  readonly serverId?: number;
}

export type BinlogKind = Exclude<SourceKind, 'postgres'>;

const CLASSES = {
  mariadb: 'io.debezium.connector.mariadb.MariaDbConnector',
  mysql: 'io.debezium.connector.mysql.MySqlConnector',
} as const satisfies Record<BinlogKind, string>;

/** Words of libpq in those of the drivers. MariaDB's has nothing like `prefer`. */
const SSL_MODES = {
  mariadb: {
    disable: 'disable',
    prefer: 'trust',
    require: 'trust',
    'verify-ca': 'verify-ca',
    'verify-full': 'verify-full',
  },
  mysql: {
    disable: 'disabled',
    prefer: 'preferred',
    require: 'required',
    'verify-ca': 'verify_ca',
    'verify-full': 'verify_identity',
  },
} as const satisfies Record<BinlogKind, Record<string, string>>;

/**
 * The Debezium connector of one MariaDB or MySQL source.
 * @throws ConnectError `HYBRIDGE_CONNECT_BROKERS_MISSING`
 */
export function binlogConnector(
  options: CommonOptions & BinlogOptions,
  { name, kind }: { readonly name: string; readonly kind: BinlogKind },
): ConnectorConfig {
  const common = commonSettings(options, { name, kind });
  const topics = common['topic.prefix'] as string;
  return {
    ...common,
    'connector.class': CLASSES[kind],
    ...databaseSettings(options, kind),
    'database.include.list': databasesOf(options, name).map(escapePattern).join(','),
    'database.server.id': String(options.serverId ?? serverIdOf(topics)),
    ...historySettings(options, topics),
    'include.schema.changes': 'false',
    'connect.keep.alive.interval.ms': String(KEEP_ALIVE_MS),
  };
}

const databaseSettings = ({ database }: CommonOptions, kind: BinlogKind): ConnectorConfig => ({
  'database.hostname': database.host,
  'database.port': String(database.port),
  'database.user': database.user,
  'database.password': database.password,
  'database.ssl.mode': SSL_MODES[kind][database.sslMode ?? 'prefer'],
});

const databasesOf = ({ catalog }: CommonOptions, source: string): readonly string[] => [
  ...new Set(capturedTables(catalog, source).map((table) => table.slice(0, table.indexOf('.')))),
];

/** Below are the numbers that people give to servers. */
const FIRST_SERVER_ID = 100_000;
const SERVER_IDS = 2 ** 32 - FIRST_SERVER_ID;

/** Two connectors of one number would end each other's connection again and again. */
const serverIdOf = (topics: string): number =>
  FIRST_SERVER_ID + (createHash('sha256').update(topics).digest().readUInt32BE() % SERVER_IDS);

function historySettings({ kafkaBrokers = [] }: BinlogOptions, topics: string): ConnectorConfig {
  if (kafkaBrokers.length === 0) {
    throw new ConnectError(
      'HYBRIDGE_CONNECT_BROKERS_MISSING',
      `The connector of ${topics} keeps its history in Kafka; give kafkaBrokers as Kafka Connect reaches them.`,
    );
  }
  return {
    'schema.history.internal.kafka.bootstrap.servers': kafkaBrokers.join(','),
    'schema.history.internal.kafka.topic': `_hybridge_schema_history.${topics}`,
    // Not of every table of the server.
    'schema.history.internal.store.only.captured.tables.ddl': 'true',
  };
}

/**
 * A server that ends without a word is noticed only by its silence, after a minute by default, for which customers would
 * wait for their answers. Milliseconds.
 */
const KEEP_ALIVE_MS = 10_000;

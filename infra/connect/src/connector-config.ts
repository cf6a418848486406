import { type Catalog, UNAVAILABLE } from '@hybridge/views';
import { DEFAULT_TOPIC_PREFIX, type TopicOptions, topicConfig } from './change-topics.ts';
import { INBOX_TABLE, capturedTables } from './captured-tables.ts';
import { DURABLE_PRODUCER, LOW_LATENCY } from './tuning.ts';

export const DEFAULT_CONNECTOR_NAME = 'hybridge-shop';
export const DEFAULT_SLOT = 'hybridge_shop';

/** Kafka header with the epoch of the source, as decimal text. */
export const EPOCH_HEADER = 'hybridge-epoch';

/** A connector's configuration as Kafka Connect takes it. */
export type ConnectorConfig = Readonly<Record<string, string>>;

export interface ConnectorOptions {
  /** The views: which tables are captured. */
  readonly catalog: Catalog;
  /** Only the tables of this source; default all of the catalog. */
  readonly source?: string;
  /** The source database, as Kafka Connect reaches it. */
  readonly database: {
    readonly host: string;
    readonly port: number;
    readonly name: string;
    readonly user: string;
    readonly password: string;
    /** As in libpq; default `prefer`. */
    readonly sslMode?: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
  };
  /** Topics are named `<prefix>.<schema>.<table>`; default `shop`. */
  readonly topicPrefix?: string;
  /** Raised when positions of the source start anew (slot lost, failover with loss, restore); default 0. */
  readonly epoch?: number;
  /** Default `hybridge`. */
  readonly publication?: string;
  /** Default `hybridge_shop`. */
  readonly slot?: string;
  /** For topics that nobody made before. */
  readonly topics?: TopicOptions;
}

/** The Debezium connector of one PostgreSQL source, derived from the view definitions. */
export function connectorConfig(options: ConnectorOptions): ConnectorConfig {
  return {
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'tasks.max': '1',
    ...databaseSettings(options),
    ...captureSettings(options),
    ...formatSettings,
    ...epochHeader(options.epoch ?? 0),
    ...topicSettings(options),
    ...LOW_LATENCY,
    ...DURABLE_PRODUCER,
  };
}

const databaseSettings = ({ database }: ConnectorOptions): ConnectorConfig => ({
  'database.hostname': database.host,
  'database.port': String(database.port),
  'database.dbname': database.name,
  'database.user': database.user,
  'database.password': database.password,
  'database.sslmode': database.sslMode ?? 'prefer',
});

function captureSettings(options: ConnectorOptions): ConnectorConfig {
  const {
    catalog,
    source,
    topicPrefix = DEFAULT_TOPIC_PREFIX,
    publication = 'hybridge',
    slot = DEFAULT_SLOT,
  } = options;
  return {
    'topic.prefix': topicPrefix,
    'plugin.name': 'pgoutput',
    'publication.name': publication,
    'publication.autocreate.mode': 'disabled',
    'slot.name': slot,
    'table.include.list': capturedTables(catalog, source).map(escapePattern).join(','),
    'snapshot.mode': 'initial',
    // Truncates too: the projector has to hear of them.
    'skipped.operations': 'none',
    'tombstones.on.delete': 'true',
    // Answers to changes of one item stay in order.
    'message.key.columns': `${escapePattern(INBOX_TABLE)}:pk,sk`,
  };
}

/** Debezium reads table names as regular expressions. */
const escapePattern = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Every value without loss: decimals, times and binaries as text, JSON without schemas. */
const formatSettings: ConnectorConfig = {
  'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'key.converter.schemas.enable': 'false',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false',
  'decimal.handling.mode': 'string',
  'time.precision.mode': 'isostring',
  'binary.handling.mode': 'hex',
  'interval.handling.mode': 'string',
  'hstore.handling.mode': 'json',
  'unavailable.value.placeholder': UNAVAILABLE,
  'extended.headers.enabled': 'false',
};

/** `SimpleHeaderConverter` writes the literal as plain text; the JSON one would depend on the worker. */
const epochHeader = (epoch: number): ConnectorConfig => ({
  'header.converter': 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
  transforms: 'epoch',
  'transforms.epoch.type': 'org.apache.kafka.connect.transforms.InsertHeader',
  'transforms.epoch.header': EPOCH_HEADER,
  'transforms.epoch.value.literal': String(epoch),
});

const topicSettings = ({ topics = {} }: ConnectorOptions): ConnectorConfig => {
  const { partitions, replication, config } = topicConfig(topics);
  return {
    'topic.creation.default.partitions': String(partitions),
    'topic.creation.default.replication.factor': String(replication),
    ...Object.fromEntries(Object.entries(config).map(([name, value]) => [`topic.creation.default.${name}`, value])),
  };
};

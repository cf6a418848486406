/** What the connectors of all kinds of sources have in common. */
import { recordSettings } from '@hybridge/setup';
import type { Catalog, Source } from '@hybridge/views';
import { capturedTables } from './captured-tables.ts';
import { type TopicOptions, topicConfig } from './change-topics.ts';
import { DURABLE_PRODUCER, LOW_LATENCY } from './tuning.ts';

/** Kafka header with the epoch of the source, as decimal text. */
export const EPOCH_HEADER = 'hybridge-epoch';

/** A connector's configuration as Kafka Connect takes it. */
export type ConnectorConfig = Readonly<Record<string, string>>;

/** The source database, as Kafka Connect reaches it. */
export interface SourceDatabase {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  /** As in libpq; default `prefer`. */
  readonly sslMode?: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
}

export interface CommonOptions {
  /** The views: which tables are captured. */
  readonly catalog: Catalog;
  /** Whose tables; may be left out where the catalog has one source. */
  readonly source?: string;
  readonly database: SourceDatabase;
  /** Before `<source>.<schema>.<table>` in the names of topics; default nothing. */
  readonly topicPrefix?: string;
  /** Raised when positions of the source start anew (slot lost, failover with loss, restore); default 0. */
  readonly epoch?: number;
  /** For topics that nobody made before. */
  readonly topics?: TopicOptions;
}

/** Which tables, under which topics, with every value in them. */
export const commonSettings = (
  options: CommonOptions,
  { name: source, kind }: Pick<Source, 'name' | 'kind'>,
): ConnectorConfig => ({
  'tasks.max': '1',
  'topic.prefix': `${options.topicPrefix ?? ''}${source}`,
  'table.include.list': capturedTables(options.catalog, source).map(escapePattern).join(','),
  'snapshot.mode': 'initial',
  // Answers to changes of one item stay in order.
  'message.key.columns': `${escapePattern(options.catalog.inboxOf(source))}:pk,sk`,
  ...recordSettings(kind),
  ...epochHeader(options.epoch ?? 0),
  ...topicSettings(options.topics ?? {}),
  ...LOW_LATENCY,
  ...DURABLE_PRODUCER,
});

/** Debezium reads table names as regular expressions. */
export const escapePattern = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `SimpleHeaderConverter` writes the literal as plain text; the JSON one would depend on the worker. */
const epochHeader = (epoch: number): ConnectorConfig => ({
  'header.converter': 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
  transforms: 'epoch',
  'transforms.epoch.type': 'org.apache.kafka.connect.transforms.InsertHeader',
  'transforms.epoch.header': EPOCH_HEADER,
  'transforms.epoch.value.literal': String(epoch),
});

const topicSettings = (topics: TopicOptions): ConnectorConfig => {
  const { partitions, replication, config } = topicConfig(topics);
  return {
    'topic.creation.default.partitions': String(partitions),
    'topic.creation.default.replication.factor': String(replication),
    ...Object.fromEntries(Object.entries(config).map(([name, value]) => [`topic.creation.default.${name}`, value])),
  };
};

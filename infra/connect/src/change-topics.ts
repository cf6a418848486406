import { type TopicOptions, topicConfig } from '@hybridge/setup';
import type { Catalog } from '@hybridge/views';
import { capturedTables } from './captured-tables.ts';

export { type TopicOptions, topicConfig };

/** What a topic is to be, in Kafka's words. */
export interface ChangeTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly config: Readonly<Record<string, string>>;
}

/**
 * Every topic of all sources. Connect makes a topic only with its first record, so whoever wants to read from the start makes
 * them beforehand.
 */
export const changeTopics = (options: {
  readonly catalog: Catalog;
  /** Before `<source>.<schema>.<table>`; default nothing. */
  readonly topicPrefix?: string;
  readonly topics?: TopicOptions;
}): readonly ChangeTopic[] =>
  options.catalog.sources.flatMap(({ name }) =>
    capturedTables(options.catalog, name).map((table) => ({
      topic: `${options.topicPrefix ?? ''}${name}.${table}`,
      ...topicConfig(options.topics ?? {}),
    })),
  );

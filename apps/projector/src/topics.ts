import type { Catalog } from '@hybridge/views';

/** `<source>.<schema>.<table>`, behind what stands before the topics of the whole installation, if anything. */
export const topicOf = (source: string, table: string, prefix = ''): string => `${prefix}${source}.${table}`;

/** The topics of every captured table, and of the inbox of every source. */
export const topicsOf = (catalog: Catalog, prefix?: string): readonly string[] =>
  catalog.sources.flatMap(({ name }) => [
    ...catalog.tables.filter(({ source }) => source.name === name).map((table) => topicOf(name, table.name, prefix)),
    topicOf(name, catalog.inboxOf(name), prefix),
  ]);

let recent = { topic: '', prefix: '', source: '' };

/** Which source a record comes from; as neighbouring records are mostly of one topic, it is remembered. */
export function sourceOfTopic(topic: string, prefix = ''): string {
  if (recent.topic !== topic || recent.prefix !== prefix) {
    recent = { topic, prefix, source: topic.slice(prefix.length, topic.indexOf('.', prefix.length)) };
  }
  return recent.source;
}

/** `schema.table` of a record whose value cannot be read. */
export const tableOfTopic = (topic: string, prefix = ''): string => topic.slice(topic.indexOf('.', prefix.length) + 1);

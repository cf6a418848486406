import type { ChangeHandler } from '@hybridge/source-kafka';
import type { Source } from '@hybridge/views';
import { sourceOfTopic } from '../topics.ts';

/**
 * An engine for each source, with writes side by side and records in hand of its own: changes that wait for a database that
 * does not answer hold up no change of another one.
 */
export function createSourceEngines(
  sources: readonly Source[],
  { topicPrefix }: { readonly topicPrefix?: string },
  create: (source: Source) => ChangeHandler,
): ChangeHandler {
  const engines = new Map(sources.map((source) => [source.name, create(source)]));
  return {
    take(batch) {
      const engine = engines.get(sourceOfTopic(batch.topic, topicPrefix));
      if (engine === undefined) throw new RangeError(`Topic ${batch.topic} is of no source: nobody subscribed to it.`);
      return engine.take(batch);
    },
    async stop() {
      await Promise.all([...engines.values()].map((engine) => engine.stop()));
    },
  };
}

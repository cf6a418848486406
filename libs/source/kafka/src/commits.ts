import type { Logger } from '@hybridge/observability';
import type { Consumer } from 'kafkajs';
import type { Assignment } from './assignment.ts';
import type { PartitionProgress } from './partition-progress.ts';
import type { KafkaOffset } from './record.ts';

export interface Commits {
  /** Commits what is done now. A commit that fails is made up for by the next: it only ever repeats work. */
  commit(): Promise<void>;
  /** Commits a last time. */
  stop(): Promise<void>;
}

interface CommitOptions {
  readonly commitIntervalMs?: number;
  readonly onLag?: (topic: string, partition: number, lag: number) => void;
}

const COMMIT_INTERVAL_MS = 500;

/** Commits the progress of all partitions held, in one call at a steady pace. */
export function createCommits(
  deps: {
    readonly consumer: Pick<Consumer, 'commitOffsets'>;
    readonly assignment: Assignment;
    readonly logger: Logger;
  },
  options: CommitOptions,
): Commits {
  const committed = new WeakMap<PartitionProgress, KafkaOffset>();
  let last = Promise.resolve();

  const commitNow = async (): Promise<void> => {
    const ahead = deps.assignment.all().flatMap((progress) => {
      options.onLag?.(progress.topic, progress.partition, progress.lag);
      const { nextOffset } = progress;
      return nextOffset === undefined || committed.get(progress) === nextOffset ? [] : [{ progress, nextOffset }];
    });
    if (ahead.length === 0) return;
    try {
      await deps.consumer.commitOffsets(
        ahead.map(({ progress: { topic, partition }, nextOffset }) => ({
          topic,
          partition,
          offset: String(nextOffset),
        })),
      );
      for (const { progress, nextOffset } of ahead) committed.set(progress, nextOffset);
    } catch (error) {
      deps.logger.debug({ err: error }, 'offsets not committed, trying again with the next');
    }
  };
  const commit = (): Promise<void> => (last = last.then(commitNow));
  const timer = setInterval(() => void commit(), options.commitIntervalMs ?? COMMIT_INTERVAL_MS);

  return {
    commit,
    async stop() {
      clearInterval(timer);
      await commit();
    },
  };
}

/** A shard as the stream lists it. */
export interface Shard {
  readonly id: string;
  readonly parentId: string | undefined;
}

/** What this reader knows of a shard. */
export const ShardProgress = { waiting: 'waiting', reading: 'reading', finished: 'finished' } as const;
export type ShardProgress = (typeof ShardProgress)[keyof typeof ShardProgress];

/**
 * The shards to start now: those whose parent is done with. A parent the stream does not list any more and nobody reads
 * has outlived its retention and holds nothing back.
 */
export function readyShards(
  listed: readonly Shard[],
  progressOf: (shardId: string) => ShardProgress | undefined,
): readonly Shard[] {
  const ids = new Set(listed.map((shard) => shard.id));
  const isDone = (shardId: string): boolean => {
    const progress = progressOf(shardId);
    return progress === ShardProgress.finished || (progress !== ShardProgress.reading && !ids.has(shardId));
  };
  return listed.filter(
    ({ id, parentId }) =>
      (progressOf(id) ?? ShardProgress.waiting) === ShardProgress.waiting &&
      (parentId === undefined || isDone(parentId)),
  );
}

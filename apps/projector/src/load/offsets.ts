/** First and last offset of what lies in a partition; `to` is the one behind the last record. */
export interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

/** By topic and partition. */
export type Stretches = ReadonlyMap<string, ReadonlyMap<number, Stretch>>;
export type Committed = ReadonlyMap<string, ReadonlyMap<number, bigint>>;

/** Records of the stretches behind what is committed; -1 and nothing both stand for nothing committed. */
export function recordsLeft(stretches: Stretches, committed: Committed): number {
  let left = 0;
  for (const [topic, partitions] of stretches) {
    for (const [partition, { from, to }] of partitions) {
      const done = committed.get(topic)?.get(partition) ?? from;
      const next = done > from ? done : from;
      if (to > next) left += Number(to - next);
    }
  }
  return left;
}

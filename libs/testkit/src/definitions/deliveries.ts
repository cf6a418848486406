/** In which order the records of a source reach the projector. */

/** A record, its topic, and the partition of that one that it lies in. */
export interface Deliverable {
  readonly topic: string;
  readonly partition: number;
}

/** Every record so many times, one behind the other. */
export const repeatedly = <R>(records: readonly R[], times: number): readonly R[] =>
  records.flatMap((record) => Array.from({ length: times }, () => record));

/** How often a partition goes back, at most, and how likely it does before each record. */
const MAX_REWINDS = 2;
const REWIND_CHANCE = 0.2;

/**
 * What Kafka may do at worst: partitions of all topics in any order to each other, each in its own, and suffixes of it again.
 * @param seed the same one gives the same order
 */
export function shuffle<R extends Deliverable>(records: readonly R[], seed: number): readonly R[] {
  const random = createRandom(seed);
  const cursors = partitionsOf(records).map((log) => ({ log, next: 0, rewinds: 0 }));
  const delivered: R[] = [];
  for (;;) {
    const open = cursors.filter(({ log, next }) => next < log.length);
    const cursor = open[Math.floor(random() * open.length)];
    if (cursor === undefined) return delivered;
    delivered.push(cursor.log[cursor.next] as R);
    cursor.next += 1;
    if (cursor.rewinds < MAX_REWINDS && random() < REWIND_CHANCE) {
      cursor.rewinds += 1;
      cursor.next = Math.floor(random() * cursor.next);
    }
  }
}

function partitionsOf<R extends Deliverable>(records: readonly R[]): readonly (readonly R[])[] {
  const logs = new Map<string, R[]>();
  for (const record of records) {
    const name = `${record.topic} ${record.partition}`;
    logs.set(name, [...(logs.get(name) ?? []), record]);
  }
  return [...logs.values()];
}

/** Numbers from 0 to 1, spread well enough for tests (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

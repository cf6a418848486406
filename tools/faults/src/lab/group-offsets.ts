/** Where a stopped group goes on: records of some topics are passed over for a while, or read once more. */
import { awaitCondition } from './await-condition.ts';
import { type FaultLab, GROUP_ID } from './open-fault-lab.ts';
import type { Watermarks } from './topic-records.ts';

/** Sets the offsets of the partitions named; its last member leaves a moment after it has stopped. */
export async function setGroupOffsets(lab: FaultLab, offsets: Watermarks): Promise<void> {
  const byTopic = new Map(
    lab.topics.map((topic) => [
      topic,
      [...offsets]
        .filter(([name]) => name.startsWith(`${topic}[`))
        .map(([name, offset]) => ({ partition: partitionOf(name), offset: String(offset) })),
    ]),
  );
  await awaitCondition('offsets set for the group', async () => {
    await lab.withAdmin(async (admin) => {
      for (const [topic, partitions] of byTopic)
        if (partitions.length > 0) await admin.setOffsets({ groupId: GROUP_ID, topic, partitions });
    });
    return true;
  });
}

const partitionOf = (name: string): number => Number(/\[(\d+)\]$/.exec(name)?.[1]);

/** Of some topics alone. */
export const within = (offsets: Watermarks, topics: readonly string[]): Watermarks =>
  new Map([...offsets].filter(([name]) => topics.some((topic) => name.startsWith(`${topic}[`))));

/** By how many records `to` is further than `from`. */
export const recordsBetween = (from: Watermarks, to: Watermarks): number =>
  [...to].reduce((sum, [name, end]) => sum + Number(end - (from.get(name) ?? 0n)), 0);

export const isPast = (committed: Watermarks, ends: Watermarks): boolean =>
  [...ends].every(([partition, end]) => end === 0n || (committed.get(partition) ?? 0n) >= end);

/** So many records earlier in each partition. */
export const earlier = (offsets: Watermarks, records: number): Watermarks =>
  new Map([...offsets].map(([name, offset]) => [name, offset > BigInt(records) ? offset - BigInt(records) : 0n]));

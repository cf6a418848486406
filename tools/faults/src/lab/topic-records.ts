import type { KafkaMessage } from 'kafkajs';
import { awaitCondition } from './await-condition.ts';
import type { FaultLab } from './open-fault-lab.ts';

export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** Ends of all partitions, by `topic[partition]`. */
export type Watermarks = ReadonlyMap<string, bigint>;

export const partitionName = (topic: string, partition: number): string => `${topic}[${partition}]`;

export const watermarksOf = ({ withAdmin, topics }: FaultLab): Promise<Watermarks> =>
  withAdmin(async (admin) => {
    const ends = await Promise.all(
      topics.map(async (topic) =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high }): [string, bigint] => [
          partitionName(topic, partition),
          BigInt(high),
        ]),
      ),
    );
    return new Map(ends.flat());
  });

/** Offsets a group has committed; without those partitions for which it has none. */
export const committedBy = ({ withAdmin, topics }: FaultLab, groupId: string): Promise<Watermarks> =>
  withAdmin(async (admin) => {
    const offsets = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const known = offsets.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }): [string, bigint] => [partitionName(topic, partition), BigInt(offset)]),
    );
    return new Map(known.filter(([, offset]) => offset >= 0n));
  });

export const sumOf = (watermarks: Watermarks): number =>
  Number([...watermarks.values()].reduce((sum, offset) => sum + offset, 0n));

let groups = 0;

/** Hands out records as they come, from the first one or from now on, until `stop`. Leaves no consumer group behind. */
export async function followTopics(
  { kafka, topics, withAdmin }: FaultLab,
  { fromBeginning, onRecord }: { fromBeginning: boolean; onRecord: (record: TopicRecord) => Promise<void> | void },
): Promise<{ stop(): Promise<void> }> {
  const groupId = `faults-${process.pid}-${++groups}`;
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning });
  const joined = new Promise<void>((resolve) => void consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message }) => onRecord({ topic, partition, message }),
  });
  await joined;
  return {
    async stop() {
      await consumer.disconnect();
      await withAdmin((admin) => admin.deleteGroups([groupId]));
    },
  };
}

/** All records up to the ends of now. Change topics must not hold transactions: their markers would be waited for. */
export async function readTopics(lab: FaultLab): Promise<readonly TopicRecord[]> {
  const ends = await watermarksOf(lab);
  const records: TopicRecord[] = [];
  const missing = new Map([...ends].filter(([, end]) => end > 0n));
  const reader = await followTopics(lab, {
    fromBeginning: true,
    onRecord: (record) => {
      const name = partitionName(record.topic, record.partition);
      const end = ends.get(name) ?? 0n;
      if (BigInt(record.message.offset) < end) records.push(record);
      if (BigInt(record.message.offset) >= end - 1n) missing.delete(name);
    },
  });
  await awaitCondition('all records read', () => missing.size === 0).finally(() => reader.stop());
  return records;
}

export interface Repeats {
  /** Records that say what an earlier record of their partition said: the same change of the same row. */
  readonly repeated: number;
  /** Those whose place in commit order is another than it was: their version would differ. */
  readonly moved: number;
}

export function countRepeats(records: readonly TopicRecord[]): Repeats {
  const places = new Map<string, string>();
  const repeats = { repeated: 0, moved: 0 };
  for (const { topic, partition, message } of records) {
    if (message.value === null) continue;
    const { source, op } = JSON.parse(message.value.toString()) as Emitted;
    const change = JSON.stringify([topic, partition, message.key?.toString(), source.lsn, source.txId, op]);
    const place = places.get(change);
    if (place !== undefined) repeats.repeated++;
    if (place !== undefined && place !== source.sequence) repeats.moved++;
    places.set(change, source.sequence);
  }
  return repeats;
}

interface Emitted {
  readonly op: string;
  readonly source: { readonly lsn: number; readonly txId: number; readonly sequence: string };
}

import type { Kafka } from 'kafkajs';
import { KafkaSourceError } from './errors.ts';

/** Offset behind the last record, or of the next one to be read, by partition. */
export type TopicOffsets = ReadonlyMap<number, bigint>;

/** What lies in a partition: offset of its first record, and the one behind its last. */
export interface Extent {
  readonly from: bigint;
  readonly to: bigint;
}

export interface OffsetReader extends AsyncDisposable {
  /** What lies in each partition of a topic. @throws KafkaSourceError */
  extents(topic: string): Promise<ReadonlyMap<number, Extent>>;
  /** How far each partition of a topic reaches. @throws KafkaSourceError */
  endOffsets(topic: string): Promise<TopicOffsets>;
  /** How far the group has committed; -1 where it has not. @throws KafkaSourceError */
  committedOffsets(topic: string): Promise<TopicOffsets>;
}

/** Connects at the first question, and keeps the connection. */
export function createOffsetReader(kafka: Kafka, options: { readonly groupId: string }): OffsetReader {
  const { groupId } = options;
  const admin = kafka.admin();
  let connected: Promise<void> | undefined;
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    try {
      await (connected ??= admin.connect());
      return await question();
    } catch (cause) {
      connected = undefined;
      throw new KafkaSourceError('HYBRIDGE_SOURCE_KAFKA_UNAVAILABLE', 'Offsets could not be read.', { cause });
    }
  };
  return {
    extents: (topic) =>
      ask(async () => {
        const partitions = await admin.fetchTopicOffsets(topic);
        return new Map(partitions.map((one) => [one.partition, { from: BigInt(one.low), to: BigInt(one.high) }]));
      }),
    endOffsets: (topic) =>
      ask(async () => new Map((await admin.fetchTopicOffsets(topic)).map((one) => [one.partition, BigInt(one.high)]))),
    committedOffsets: (topic) =>
      ask(async () => {
        const [of] = await admin.fetchOffsets({ groupId, topics: [topic] });
        return new Map((of?.partitions ?? []).map((one) => [one.partition, BigInt(one.offset)]));
      }),
    [Symbol.asyncDispose]: async () => {
      if (connected !== undefined) await admin.disconnect();
    },
  };
}

import { silentLogger } from '@hybridge/observability';
import { type ChangeBatch, type ChangeSourceOptions, createChangeSource, ensureTopics } from '@hybridge/source-kafka';
import type { Kafka } from 'kafkajs';
import { eventually } from '../loop/eventually.ts';

let topicNumber = 0;

/** A topic with records `0 … count-1` in each of its partitions, ten a Kafka batch. */
export async function topicWith(kafka: Kafka, count: number, partitions: number): Promise<string> {
  const topic = `t${++topicNumber}`;
  await ensureTopics(kafka, { topics: [topic], partitions, replicationFactor: 1 });
  const producer = kafka.producer();
  await producer.connect();
  for (let from = 0; from < count; from += 10) {
    const values = Array.from({ length: Math.min(10, count - from) }, (_, i) => String(from + i));
    const messages = Array.from({ length: partitions }, (_, partition) =>
      values.map((value) => ({ partition, key: `k${value}`, value, headers: { 'hybridge-epoch': '3' } })),
    );
    await producer.send({ topic, messages: messages.flat() });
  }
  await producer.disconnect();
  return topic;
}

/** What the group of a topic committed, by partition; undefined where it committed nothing. */
export async function committedOf(kafka: Kafka, topic: string): Promise<Record<number, number | undefined>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const [committed] = await admin.fetchOffsets({ groupId: groupOf(topic), topics: [topic] });
    const offsets = (committed?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)] as const);
    return Object.fromEntries(offsets.map(([partition, offset]) => [partition, offset < 0 ? undefined : offset]));
  } finally {
    await admin.disconnect();
  }
}

export const groupOf = (topic: string): string => `g-${topic}`;

/** A consumer of one topic that runs until it is stopped. */
export interface RunningSource {
  /** Waits for something, or for the source's end before it. */
  until(what: string, holds: () => boolean): Promise<void>;
  /** Resolves when the source has ended. */
  stop(): Promise<void>;
}

export function startSource(
  kafka: Kafka,
  topic: string,
  take: (batch: ChangeBatch) => Promise<void> | void,
  options: Partial<ChangeSourceOptions> = {},
): RunningSource {
  const stopping = new AbortController();
  const source = createChangeSource(
    { kafka, logger: silentLogger() },
    { topics: [topic], groupId: groupOf(topic), ...options },
  );
  const handler = { take: async (batch: ChangeBatch) => take(batch), stop: () => Promise.resolve() };
  const running = source.run(handler, stopping.signal);
  return {
    until: (what, holds) => Promise.race([running, eventually(what, async () => holds()).then(() => undefined)]),
    stop: () => (stopping.abort(), running),
  };
}

/** Says of all records of a batch that they are done, but those at some offsets. */
export function doneBut(batch: ChangeBatch, isLeft: (offset: number) => boolean = () => false): void {
  batch.records.forEach(({ offset }, index) => {
    if (!isLeft(Number(offset))) batch.done(index);
  });
}

export const offsetsOf = ({ records }: Pick<ChangeBatch, 'records'>): number[] =>
  records.map(({ offset }) => Number(offset));

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

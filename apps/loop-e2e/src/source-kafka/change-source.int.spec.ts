import { type LocalStack, startStack } from '@hybridge/local-stack';
import { silentLogger } from '@hybridge/observability';
import {
  type BatchResult,
  type ChangeBatch,
  type ChangeRecord,
  createChangeSource,
  createKafkaClient,
  ensureTopics,
} from '@hybridge/source-kafka';
import type { Kafka } from 'kafkajs';
import { eventually } from '../loop/eventually.ts';

describe('the change source on Kafka', () => {
  let stack: LocalStack;
  let kafka: Kafka;
  let topicNumber = 0;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['kafka'], ports: 'free' });
    kafka = createKafkaClient({ brokers: stack.endpoints.kafka.brokers, clientId: 'test', logger: silentLogger() });
  });
  afterAll(() => stack.stop());

  /** A topic with records `0 … count-1` in each of its partitions. */
  async function topicWith(count: number, partitions: number): Promise<string> {
    const topic = `t${++topicNumber}`;
    await ensureTopics(kafka, { topics: [topic], partitions, replicationFactor: 1 });
    const producer = kafka.producer();
    await producer.connect();
    const messages = Array.from({ length: count * partitions }, (_, i) => ({
      partition: i % partitions,
      key: `k${i}`,
      value: String(Math.floor(i / partitions)),
      headers: { 'hybridge-epoch': '3' },
    }));
    await producer.send({ topic, messages });
    await producer.disconnect();
    return topic;
  }

  /** Runs a source until `enough`, then stops it. */
  async function consume(
    topic: string,
    handle: (batch: ChangeBatch) => Promise<BatchResult>,
    enough: () => boolean,
    onHalt?: (partition: string) => void,
  ): Promise<void> {
    const stop = new AbortController();
    const source = createChangeSource(
      { kafka, logger: silentLogger() },
      { topics: [topic], groupId: `g-${topic}`, ...(onHalt === undefined ? {} : { onHalt }) },
    );
    const running = source.run(handle, stop.signal);
    try {
      await Promise.race([running, eventually('enough records', async () => enough())]);
    } finally {
      stop.abort();
      await running;
    }
  }

  const endOf = (batch: ChangeBatch): bigint => (batch.records.at(-1) as ChangeRecord).offset + 1n;

  it('gives every record once, in order per partition, with its epoch', async () => {
    const topic = await topicWith(50, 3);
    const seen: ChangeRecord[] = [];
    const handle = async (batch: ChangeBatch): Promise<BatchResult> => {
      seen.push(...batch.records);
      return { nextOffset: endOf(batch) };
    };
    await consume(topic, handle, () => seen.length >= 150);
    for (const partition of [0, 1, 2]) {
      const values = seen.filter((record) => record.partition === partition).map(({ value }) => Number(value));
      expect(values).toEqual(Array.from({ length: 50 }, (_, i) => i));
    }
    expect(seen[0]).toMatchObject({ epoch: 3, topic });
  });

  it('begins after a restart at the first record that was not done', async () => {
    const topic = await topicWith(20, 1);
    let first: readonly ChangeRecord[] = [];
    const untilSeven = async (batch: ChangeBatch): Promise<BatchResult> => {
      if (first.length === 0) first = batch.records;
      return { nextOffset: 7n };
    };
    await consume(topic, untilSeven, () => first.length > 0);
    const again: bigint[] = [];
    const rest = async (batch: ChangeBatch): Promise<BatchResult> => {
      again.push(...batch.records.map(({ offset }) => offset));
      return { nextOffset: endOf(batch) };
    };
    await consume(topic, rest, () => again.includes(19n));
    expect(again[0]).toBe(7n);
    expect(again).toHaveLength(13);
  });

  it('halts only the partition whose record cannot be handled', async () => {
    const topic = await topicWith(10, 2);
    const done = new Map<number, number>();
    const halted: string[] = [];
    const handle = async (batch: ChangeBatch): Promise<BatchResult> => {
      if (batch.partition === 0) return { nextOffset: 4n, halted: new Error('unreadable') };
      done.set(1, (done.get(1) ?? 0) + batch.records.length);
      return { nextOffset: endOf(batch) };
    };
    await consume(
      topic,
      handle,
      () => halted.length > 0 && done.get(1) === 10,
      (where) => halted.push(where),
    );
    expect(halted).toEqual([`${topic}[0] at offset 4`]);
    const admin = kafka.admin();
    await admin.connect();
    const [committed] = await admin.fetchOffsets({ groupId: `g-${topic}`, topics: [topic] });
    await admin.disconnect();
    expect(Object.fromEntries((committed?.partitions ?? []).map((each) => [each.partition, each.offset]))).toEqual({
      0: '4',
      1: '10',
    });
  });

  it('leaves topics that are there as they are', async () => {
    const topic = await topicWith(1, 2);
    await ensureTopics(kafka, { topics: [topic], partitions: 5, replicationFactor: 1 });
    const admin = kafka.admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.disconnect();
    expect(topics[0]?.partitions).toHaveLength(2);
  });
});

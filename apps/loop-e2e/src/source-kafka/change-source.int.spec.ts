import { type LocalStack, startStack } from '@hybridge/local-stack';
import { silentLogger } from '@hybridge/observability';
import { pause } from '@hybridge/runtime';
import { type ChangeBatch, type ChangeRecord, createKafkaClient, ensureTopics } from '@hybridge/source-kafka';
import type { Kafka } from 'kafkajs';
import { eventually } from '../loop/eventually.ts';
import { committedOf, doneBut, groupOf, offsetsOf, range, startSource, topicWith } from './topics.ts';

/** The shortest a broker allows without being told otherwise, milliseconds. */
const SESSION_TIMEOUT_MS = 6_000;

/** Batches of ten records only: a Kafka batch is never cut. */
const SMALL_FETCHES = { maxBytesPerPartition: 1 };

describe('the change source on Kafka', () => {
  let stack: LocalStack;
  let kafka: Kafka;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['kafka'], ports: 'free' });
    kafka = createKafkaClient({ brokers: stack.endpoints.kafka.brokers, clientId: 'test', logger: silentLogger() });
  });
  afterAll(() => stack.stop());

  const membersOf = async (topic: string): Promise<readonly string[]> => {
    const admin = kafka.admin();
    await admin.connect();
    const { groups } = await admin.describeGroups([groupOf(topic)]);
    await admin.disconnect();
    return groups[0]?.state === 'Stable' ? groups[0].members.map(({ memberId }) => memberId) : [];
  };

  it('gives every record once, in order per partition, with its epoch', async () => {
    const topic = await topicWith(kafka, 50, 3);
    const seen: ChangeRecord[] = [];
    const source = startSource(kafka, topic, (batch) => {
      seen.push(...batch.records);
      doneBut(batch);
    });
    await source.until('150 records', () => seen.length >= 150);
    await source.stop();
    for (const partition of [0, 1, 2]) {
      const values = seen.filter((record) => record.partition === partition).map(({ value }) => Number(value));
      expect(values).toEqual(range(0, 50));
    }
    expect(seen[0]).toMatchObject({ epoch: 3, topic });
    expect(await committedOf(kafka, topic)).toEqual({ 0: 50, 1: 50, 2: 50 });
  });

  it('begins after a restart at the first record that was not done, also when later ones were', async () => {
    const topic = await topicWith(kafka, 20, 1);
    const seen: number[] = [];
    const first = startSource(kafka, topic, (batch) => {
      seen.push(...offsetsOf(batch));
      doneBut(batch, (offset) => offset === 7 || offset === 12);
    });
    await first.until('all records', () => seen.length >= 20);
    await first.stop();
    expect(await committedOf(kafka, topic)).toEqual({ 0: 7 });

    const again: number[] = [];
    const second = startSource(kafka, topic, (batch) => {
      again.push(...offsetsOf(batch));
      doneBut(batch);
    });
    await second.until('the last record', () => again.includes(19));
    await second.stop();
    expect(again).toEqual(range(7, 20));
    expect(await committedOf(kafka, topic)).toEqual({ 0: 20 });
  });

  it('halts only the partition whose record cannot be handled, and begins there again', async () => {
    const topic = await topicWith(kafka, 30, 2);
    const seen = new Map<number, number[]>([0, 1].map((partition) => [partition, []]));
    const halts: [string, unknown][] = [];
    const take = (batch: ChangeBatch): void => {
      seen.get(batch.partition)?.push(...offsetsOf(batch));
      doneBut(batch, (offset) => batch.partition === 0 && offset === 4);
      const index = offsetsOf(batch).indexOf(4);
      if (batch.partition !== 0 || index < 0) return;
      batch.halt(index, new Error('unreadable'));
      expect([3, 4, 5].map((each) => batch.isAbandoned(each))).toEqual([false, false, true]);
    };
    const onHalt = (where: string, cause: unknown): void => void halts.push([where, cause]);
    const source = startSource(kafka, topic, take, { ...SMALL_FETCHES, onHalt });
    await source.until('the other partition', () => seen.get(1)?.length === 30);
    await pause(1_500);
    await source.stop();
    expect(halts).toEqual([[`${topic}[0]`, new Error('unreadable')]]);
    expect(seen.get(0)).toEqual(range(0, 10));
    expect(await committedOf(kafka, topic)).toEqual({ 0: 4, 1: 30 });

    const again: number[] = [];
    const mended = startSource(kafka, topic, (batch) => {
      again.push(...offsetsOf(batch));
      doneBut(batch);
    });
    await mended.until('the rest', () => again.includes(29));
    await mended.stop();
    expect(again).toEqual(range(4, 30));
  });

  it('hands over what is not done, and nothing else, when a second consumer joins', async () => {
    const [count, partitions] = [60, 4];
    const topic = await topicWith(kafka, count, partitions);
    const isLeft = (offset: number): boolean => offset % 25 === 20;
    const mine: ChangeBatch[] = [];
    const first = startSource(kafka, topic, (batch) => {
      mine.push(batch);
      doneBut(batch, isLeft);
    });
    const countOf = (batches: readonly ChangeBatch[]): number => batches.flatMap(({ records }) => records).length;
    await first.until('all records', () => countOf(mine) >= count * partitions);
    await eventually('the commit', async () => Object.values(await committedOf(kafka, topic)).every((at) => at === 20));

    const theirs: ChangeBatch[] = [];
    const second = startSource(kafka, topic, (batch) => void theirs.push(batch));
    await second.until('half of the partitions', () => countOf(theirs) >= 2 * (count - 20));
    await eventually('two members', async () => (await membersOf(topic)).length === 2);
    const moved = [...new Set(theirs.map(({ partition }) => partition))];
    expect(moved).toHaveLength(2);
    for (const partition of moved) {
      const offsets = theirs.filter((batch) => batch.partition === partition).flatMap(offsetsOf);
      expect(offsets).toEqual(range(20, count)); // from the commit on, although most of it was done
    }
    expect(countOf(mine)).toBe(count * partitions); // what stayed came no second time
    for (const batch of mine) expect(batch.isAbandoned(0)).toBe(moved.includes(batch.partition));

    // What was under way goes on where the partition stayed, and counts no more where it went.
    for (const batch of mine) doneBut(batch);
    const stayed = range(0, partitions).filter((partition) => !moved.includes(partition));
    await eventually('commits of what stayed', async () => {
      const committed = await committedOf(kafka, topic);
      return stayed.every((partition) => committed[partition] === count);
    });
    const committed = await committedOf(kafka, topic);
    for (const partition of moved) expect(committed[partition]).toBe(20);
    for (const batch of theirs) doneBut(batch);
    await Promise.all([first.stop(), second.stop()]);
    expect(Object.values(await committedOf(kafka, topic))).toEqual(range(0, partitions).map(() => count));
  });

  it('loses nothing and never commits past what is not done while consumers come and go', async () => {
    const [count, partitions] = [150, 4];
    const topic = await topicWith(kafka, count, partitions);
    const done = new Map(range(0, partitions).map((partition) => [partition, new Set<number>()]));
    const isAllDone = (): boolean => [...done.values()].every(({ size }) => size === count);
    const slow = (batch: ChangeBatch): Promise<void> => {
      const ends = batch.records.map(async ({ offset }, index) => {
        await pause(20 + ((Number(offset) * 37) % 400)); // out of order
        if (batch.isAbandoned(index)) return;
        done.get(batch.partition)?.add(Number(offset));
        batch.done(index);
      });
      return Promise.all(ends.slice(0, 3)).then(() => undefined);
    };
    const start = () => startSource(kafka, topic, slow, { ...SMALL_FETCHES, commitIntervalMs: 50 });
    const first = start();
    const others = (async () => {
      for (let i = 0; i < 3; i++) {
        const other = start();
        await pause(1_500);
        await other.stop();
      }
    })();
    let samples = 0;
    while (!isAllDone()) {
      const committed = await committedOf(kafka, topic);
      for (const [partition, offsets] of done) {
        const missing = range(0, committed[partition] ?? 0).filter((offset) => !offsets.has(offset));
        expect({ partition, missing }).toEqual({ partition, missing: [] });
      }
      samples++;
    }
    await others;
    await first.stop();
    expect(samples).toBeGreaterThan(3);
  });

  it('fetches nothing without room, and stays in the group past its session timeout', async () => {
    const topic = await topicWith(kafka, 40, 2);
    const seen: number[] = [];
    let free!: () => void;
    const room = new Promise<void>((resolve) => (free = resolve));
    const take = (batch: ChangeBatch): Promise<void> => {
      seen.push(...offsetsOf(batch));
      doneBut(batch);
      return room;
    };
    const source = startSource(kafka, topic, take, { ...SMALL_FETCHES, sessionTimeoutMs: SESSION_TIMEOUT_MS });
    await source.until('a batch of each partition', () => seen.length >= 20);
    const members = await membersOf(topic);
    expect(members).toHaveLength(1);
    await pause(1.5 * SESSION_TIMEOUT_MS);
    expect(seen).toHaveLength(20);
    expect(await membersOf(topic)).toEqual(members);
    free();
    await source.until('the rest', () => seen.length >= 80);
    await source.stop();
    expect(seen).toHaveLength(80);
  });

  it('goes on with partitions that have room while another has none', async () => {
    const topic = await topicWith(kafka, 40, 2);
    const seen = new Map<number, number[]>([0, 1].map((partition) => [partition, []]));
    const of = (partition: number): number[] => seen.get(partition) as number[];
    let free!: () => void;
    const room = new Promise<void>((resolve) => (free = resolve));
    const take = (batch: ChangeBatch): Promise<void> => {
      of(batch.partition).push(...offsetsOf(batch));
      doneBut(batch);
      return batch.partition === 0 ? room : Promise.resolve();
    };
    const source = startSource(kafka, topic, take, SMALL_FETCHES);
    await source.until('all of the other', () => of(1).length >= 40);
    expect(of(0)).toEqual(range(0, 10));
    free();
    await source.until('the rest', () => of(0).length >= 40);
    await source.stop();
    expect([of(0), of(1)]).toEqual([range(0, 40), range(0, 40)]);
    expect(await committedOf(kafka, topic)).toEqual({ 0: 40, 1: 40 });
  });

  it('stops also while there is no room', async () => {
    const topic = await topicWith(kafka, 20, 1);
    let batches = 0;
    const take = (): Promise<void> => (batches++, new Promise(() => undefined));
    const source = startSource(kafka, topic, take, SMALL_FETCHES);
    await source.until('a batch', () => batches > 0);
    await source.stop();
    expect(await committedOf(kafka, topic)).toEqual({ 0: 0 });
  }, 20_000);

  it('leaves topics that are there as they are', async () => {
    const topic = await topicWith(kafka, 1, 2);
    await ensureTopics(kafka, { topics: [topic], partitions: 5, replicationFactor: 1 });
    const admin = kafka.admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.disconnect();
    expect(topics[0]?.partitions).toHaveLength(2);
  });
});

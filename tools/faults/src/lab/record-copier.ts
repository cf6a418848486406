import type { Random } from '@hybridge/load';
import type { Producer } from 'kafkajs';
import type { FaultLab } from './open-fault-lab.ts';
import { type TopicRecord, followTopics, partitionName, readTopics } from './topic-records.ts';

/** Marks a copy, so that it is not copied again. */
const COPY_HEADER = 'hybridge-fault-copy';

/** Records of one partition after which its newest ones are sent once more, and how many of them. */
const SUFFIX_EVERY = 12;
const SUFFIX_LENGTH = 30;
const DUPLICATE_PERCENT = 30;
const ELSEWHERE_PERCENT = 20;

export interface CopyCounts {
  /** Sent again at once. */
  duplicates: number;
  /** Sent again later, as the end of their partition, in its order: what Connect repeats after a crash. */
  suffixes: number;
  /** Sent to another partition than that of their key: out of order. */
  elsewhere: number;
}

export interface RecordCopier {
  readonly counts: Readonly<CopyCounts>;
  /** Sends the newest records of every partition once more, in their order. @returns how many */
  repeatNewest(perPartition: number): Promise<number>;
  /** Sends records that a later one of the same key has made old to other partitions, at most so many. @returns how many */
  repeatOutdated(most: number): Promise<number>;
  stop(): Promise<void>;
}

export interface CopyOptions {
  /** Default true. False: the records of a row keep their order, but for what is repeated in it. */
  readonly elsewhere?: boolean;
}

/** Copies records of the change topics, verbatim, into the topics while they are written. */
export async function copyRecords(
  lab: FaultLab,
  random: Random,
  { elsewhere = true }: CopyOptions = {},
): Promise<RecordCopier> {
  const producer = lab.kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const partitions = await partitionCounts(lab);
  const counts: CopyCounts = { duplicates: 0, suffixes: 0, elsewhere: 0 };
  const newest = new Map<string, TopicRecord[]>();
  const seen = new Map<string, number>();

  const sendElsewhere = (record: TopicRecord): Promise<number> => {
    const all = partitions.get(record.topic) ?? 1;
    const elsewhere = (record.partition + 1 + random.roll(Math.max(1, all - 1))) % all;
    return send(producer, [record], elsewhere);
  };
  const copyOne = async (record: TopicRecord): Promise<void> => {
    if (isCopy(record)) return;
    const { topic, partition } = record;
    const name = partitionName(topic, partition);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const kept = [...(newest.get(name) ?? []), record].slice(-SUFFIX_LENGTH);
    newest.set(name, kept);
    if (random.roll(100) < DUPLICATE_PERCENT) counts.duplicates += await send(producer, [record]);
    if (elsewhere && random.roll(100) < ELSEWHERE_PERCENT) counts.elsewhere += await sendElsewhere(random.pick(kept));
    if (count % SUFFIX_EVERY === 0) counts.suffixes += await send(producer, kept);
  };
  const follower = await followTopics(lab, { fromBeginning: false, onRecord: copyOne });
  return {
    counts,
    async repeatNewest(perPartition) {
      let sent = 0;
      for (const records of groupByPartition(await readTopics(lab)).values())
        sent += await send(producer, records.filter((one) => !isCopy(one)).slice(-perPartition));
      return sent;
    },
    async repeatOutdated(most) {
      let sent = 0;
      for (const record of outdatedOf(await readTopics(lab)).slice(-most)) sent += await sendElsewhere(record);
      return sent;
    },
    async stop() {
      await follower.stop();
      await producer.disconnect();
    },
  };
}

const isCopy = ({ message }: TopicRecord): boolean => message.headers?.[COPY_HEADER] !== undefined;

/** All of one partition. @returns how many */
async function send(producer: Producer, records: readonly TopicRecord[], elsewhere?: number): Promise<number> {
  const [first] = records;
  if (first === undefined) return 0;
  const messages = records.map(({ message: { key, value, timestamp, headers } }) => ({
    key,
    value,
    timestamp,
    headers: { ...headers, [COPY_HEADER]: '1' },
    partition: elsewhere ?? first.partition,
  }));
  await producer.send({ topic: first.topic, messages });
  return messages.length;
}

const partitionCounts = ({ withAdmin, topics }: FaultLab): Promise<ReadonlyMap<string, number>> =>
  withAdmin(async (admin) => {
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [...topics] });
    return new Map(found.map(({ name, partitions }) => [name, partitions.length]));
  });

/** In the order in which they were read. */
function outdatedOf(records: readonly TopicRecord[]): readonly TopicRecord[] {
  const originals = records.filter((one) => !isCopy(one) && one.message.value !== null);
  const keyOf = ({ topic, message }: TopicRecord): string => `${topic} ${message.key?.toString()}`;
  const newest = new Map(originals.map((record) => [keyOf(record), record]));
  return originals.filter((record) => newest.get(keyOf(record)) !== record);
}

function groupByPartition(records: readonly TopicRecord[]): ReadonlyMap<string, readonly TopicRecord[]> {
  const groups = new Map<string, TopicRecord[]>();
  for (const record of records) {
    const name = partitionName(record.topic, record.partition);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [record]);
    else group.push(record);
  }
  return groups;
}

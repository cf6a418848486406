import { Partitioners, type RecordMetadata } from 'kafkajs';
import type { FaultLab } from './open-fault-lab.ts';
import { type TopicRecord, readTopics } from './topic-records.ts';

/** A row of the products with the newest record of it. */
export interface Victim {
  readonly id: string;
  readonly record: TopicRecord;
}

/**
 * Products whose records can be poisoned, by partition; the marker of the lab is none of them. A key's own partition is
 * that of its first record: other scenarios leave copies elsewhere.
 */
export async function findVictims(lab: FaultLab, sentinelId: number): Promise<readonly Victim[]> {
  const records = (await readTopics(lab))
    .filter(({ topic, message }) => topic.endsWith('.products') && message.value !== null)
    .toSorted((a, b) => Number(a.message.timestamp) - Number(b.message.timestamp));
  const home = new Map<string, number>();
  const newest = new Map<string, TopicRecord>();
  for (const record of records) {
    const id = idOf(record);
    if (!home.has(id)) home.set(id, record.partition);
    if (home.get(id) === record.partition) newest.set(id, record);
  }
  const victims = [...newest].map(([id, record]): Victim => ({ id, record }));
  return victims.filter(({ record }) => record.partition !== home.get(String(sentinelId)));
}

const idOf = ({ message }: TopicRecord): string =>
  String((JSON.parse(message.key?.toString() ?? '{}') as { id: number }).id);

/** Its key is good; its value is no JSON. */
export const malformed = ({ message, ...place }: TopicRecord): TopicRecord => ({
  ...place,
  message: { ...message, value: Buffer.from('{"before": null, "after": {"id": 3, "li') },
});

/** Its key and its place in commit order are good; a column holds what it cannot hold. */
export function wrongType({ message, ...place }: TopicRecord): TopicRecord {
  const event = JSON.parse(message.value?.toString() ?? '{}') as { after: object };
  const value = JSON.stringify({ ...event, after: { ...event.after, list_price: 'cheap' } });
  return { ...place, message: { ...message, value: Buffer.from(value) } };
}

/** Nobody can say which row it is about. */
export const withUnknownKey = (record: TopicRecord): TopicRecord => {
  const { message, ...place } = malformed(record);
  return { ...place, message: { ...message, key: Buffer.from('{"shoe_size": 43}') } };
};

/** @returns its offset */
export async function sendRecord({ kafka }: FaultLab, { topic, partition, message }: TopicRecord): Promise<bigint> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    const { key, value, headers } = message;
    const sent = await producer.send({ topic, messages: [{ key, value, partition, ...(headers && { headers }) }] });
    return BigInt((sent[0] as RecordMetadata).baseOffset ?? -1);
  } finally {
    await producer.disconnect();
  }
}

import type { KafkaMessage } from 'kafkajs';

/** Position of a record in its partition. */
export type KafkaOffset = bigint;

/** One record of a change topic. */
export interface ChangeRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: KafkaOffset;
  /** JSON of the key columns; undefined for records without a key (TRUNCATE, heartbeats). */
  readonly key: string | undefined;
  /** JSON of the change event; undefined for the tombstone that follows a delete. */
  readonly value: string | undefined;
  /** Epoch of the source's history, from the header `hybridge-epoch`; 0 when missing. */
  readonly epoch: number;
  /** When the record was produced, milliseconds since 1970. */
  readonly timestamp: number;
}

export const EPOCH_HEADER = 'hybridge-epoch';

export function toChangeRecord(topic: string, partition: number, message: KafkaMessage): ChangeRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString(),
    value: message.value?.toString(),
    epoch: epochOf(message),
    timestamp: Number(message.timestamp),
  };
}

function epochOf(message: KafkaMessage): number {
  const header = message.headers?.[EPOCH_HEADER];
  const value = Array.isArray(header) ? header[0] : header;
  return value === undefined ? 0 : Number(value.toString());
}

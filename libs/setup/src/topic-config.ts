/**
 * How long a change stays in Kafka, milliseconds. With one more segment (a day) it must stay below the life of a
 * tombstone (7 days): a record that outlives it could bring back a row that was deleted.
 */
const DEFAULT_RETENTION_MS = 5 * 86_400_000;
const SEGMENT_MS = 86_400_000;

export interface TopicOptions {
  /** Default 6; the projector scales to this number. Keys keep their order only while it stays the same. */
  readonly partitions?: number;
  /** Default 1, for one local broker; take 3 in production. */
  readonly replication?: number;
  /** Milliseconds; default 5 days, at most 6. */
  readonly retentionMs?: number;
}

/** What every change topic is to be, in Kafka's words. */
export const topicConfig = ({ partitions = 6, replication = 1, retentionMs = DEFAULT_RETENTION_MS }: TopicOptions) => ({
  partitions,
  replication,
  config: { 'cleanup.policy': 'delete', 'retention.ms': String(retentionMs), 'segment.ms': String(SEGMENT_MS) },
});

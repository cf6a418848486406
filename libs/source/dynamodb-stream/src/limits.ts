/** Records one `GetRecords` call returns at most (DynamoDB Streams API reference). */
export const MAX_RECORDS_PER_CALL = 1_000;

/** Keys of one `BatchGetItem` call (DynamoDB API reference). */
export const MAX_KEYS_PER_BATCH_GET = 100;

/** How long a stream keeps its records, milliseconds. A reader that is down for longer loses some. */
export const STREAM_RETENTION_MS = 24 * 3_600_000;

/** Readers one shard bears; more are throttled. */
export const MAX_READERS_PER_SHARD = 2;

/** Digits of the longest sequence number; shorter ones are padded to compare them. */
export const SEQUENCE_DIGITS = 40;

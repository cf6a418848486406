export {
  type Checkpoint,
  type CheckpointStore,
  type CheckpointStoreOptions,
  type ShardId,
  createCheckpointStore,
} from './checkpoint-store.ts';
export { type StreamClientOptions, type StreamClients, createStreamClients } from './client.ts';
export { StreamSourceError, type StreamSourceErrorCode } from './errors.ts';
export { MAX_KEYS_PER_BATCH_GET, MAX_READERS_PER_SHARD, MAX_RECORDS_PER_CALL, STREAM_RETENTION_MS } from './limits.ts';
export type { StreamRecord } from './record.ts';
export type { BatchHandler, DataLoss, StreamBatch } from './shard-reader.ts';
export type { StreamsClient, TableClient } from './stream-calls.ts';
export {
  type StreamSource,
  type StreamSourceDeps,
  type StreamSourceOptions,
  createStreamSource,
} from './stream-source.ts';

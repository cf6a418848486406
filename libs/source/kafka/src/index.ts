export {
  type BatchResult,
  type ChangeBatch,
  type ChangeSource,
  type ChangeSourceOptions,
  type HandleBatch,
  createChangeSource,
} from './change-source.ts';
export { type KafkaClientOptions, createKafkaClient } from './client.ts';
export { type ChangeRecord, EPOCH_HEADER, type KafkaOffset } from './record.ts';
export { type TopicLayout, ensureTopics } from './topics.ts';
export { KafkaSourceError, type KafkaSourceErrorCode } from './errors.ts';

export {
  type ChangeBatch,
  type ChangeHandler,
  type ChangeSource,
  type ChangeSourceOptions,
  createChangeSource,
} from './change-source.ts';
export { type KafkaClientOptions, createKafkaClient } from './client.ts';
export { type ChangeRecord, EPOCH_HEADER, type KafkaOffset } from './record.ts';
export { type Extent, type OffsetReader, type TopicOffsets, createOffsetReader } from './topic-offsets.ts';
export { type TopicLayout, ensureTopics } from './topics.ts';
export { KafkaSourceError, type KafkaSourceErrorCode } from './errors.ts';
export { type TopicFacts, readTopicFacts } from './topic-facts.ts';

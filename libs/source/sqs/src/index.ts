export { type SQSClient, type SqsClientOptions, createSqsClient } from './sqs-client.ts';
export { LONG_POLL_SECONDS, MAX_BATCH_ENTRIES, MAX_VISIBILITY_SECONDS } from './limits.ts';
export type { QueueMessage } from './queue-message.ts';
export {
  type HandleMessages,
  type HandledBatch,
  type QueueSource,
  type QueueSourceOptions,
  createQueueSource,
} from './queue-source.ts';
export { QueueSourceError, type QueueSourceErrorCode } from './errors.ts';
export { type QueueFacts, readQueueFacts } from './queue-facts.ts';

export { createDynamoDbClient, createItemReader, createPartitionReader } from '@hybridge/reader-dynamodb';
export { type ItemStoreOptions, MAX_ITEM_BYTES, createItemStore } from './item-store.ts';
export { type BatchReader, type BatchReaderOptions, type ReadItem, createBatchReader } from './batch-reader.ts';
export { DynamoDbSinkError, type DynamoDbSinkErrorCode } from './errors.ts';
export { type ParkedKey, type ParkedKeys, createParkedKeys } from './parked-keys.ts';
export { type BatchedItemStoreOptions, MAX_STATEMENTS, createBatchedItemStore } from './batch/batched-item-store.ts';
export { type Statement, type Statements, createStatements } from './batch/statement.ts';
export { wholeItem } from './batch/whole-item.ts';
export {
  type BulkWriter,
  type BulkWriterOptions,
  MAX_PUTS,
  PutUnansweredError,
  PutsForbiddenError,
  createBulkWriter,
} from './bulk/bulk-writer.ts';
export { MAX_CLOCK_SKEW_MS, guardPuts } from './bulk/guarded-client.ts';

export { createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
export { type ItemStoreOptions, MAX_ITEM_BYTES, createItemStore } from './item-store.ts';
export { type BatchReader, type BatchReaderOptions, type ReadItem, createBatchReader } from './batch-reader.ts';
export { DynamoDbSinkError, type DynamoDbSinkErrorCode } from './errors.ts';
export { type ParkedKey, type ParkedKeys, createParkedKeys } from './parked-keys.ts';
export { type BatchedItemStoreOptions, MAX_STATEMENTS, createBatchedItemStore } from './batch/batched-item-store.ts';
export { type Statement, type Statements, createStatements } from './batch/statement.ts';

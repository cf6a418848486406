export { createDynamoDbClient } from '@hybridge/reader-dynamodb';
export { type ItemStoreOptions, MAX_ITEM_BYTES, createItemStore } from './item-store.ts';
export { DynamoDbSinkError, type DynamoDbSinkErrorCode } from './errors.ts';

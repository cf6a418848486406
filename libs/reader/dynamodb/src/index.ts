export { type DynamoDBClient, type DynamoDbClientOptions, createDynamoDbClient } from './dynamodb-client.ts';
export {
  type GetOptions,
  type ItemReader,
  type ItemReaderOptions,
  MAX_BATCH_KEYS,
  type PartitionPage,
  type PartitionQuery,
  type PendingItem,
  type ReadOptions,
  type ScanOptions,
  createItemReader,
} from './item-reader.ts';
export { createPartitionReader } from './partition-reader.ts';
export type { IndexPosition, IndexQuery } from './index-query.ts';
export { ItemReaderError, type ItemReaderErrorCode } from './errors.ts';
export { type IndexFacts, type TableFacts, readTableFacts } from './table-facts.ts';

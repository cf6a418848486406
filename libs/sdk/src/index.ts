export { type ConnectOptions, type ConnectedHybridge, connectHybridge } from './connect.ts';
export {
  DEFAULT_SQL_BUDGET,
  type SourceServers,
  type SqlReplicaOptions,
  type SqlServerOptions,
} from './connect-source.ts';
export { type Hybridge, type HybridgeDependencies, type HybridgeOptions, createHybridge } from './hybridge.ts';
export type { IndexNameFor, IndexPartitionFor, IndexQueryOptions, IndexSortFor } from './index-types.ts';
export type { ItemReads } from './item-reads.ts';
export type { ChangeEvent, FillEvent, HybridgeHooks, ReadEvent } from './hooks.ts';
export { type ChangeToken, parseToken } from './change-token.ts';
export { DEFAULT_QUERY_LIMIT, MAX_QUERY_LIMIT } from './query-partition.ts';
export { createProtocolContext } from './protocol-context.ts';
export {
  type Accepted,
  type BatchGetOptions,
  type ChangeOptions,
  type ChangeRequest,
  type ChangeStatus,
  type CollectedBy,
  type CollectionNameFor,
  type CollectionOptions,
  type CollectionPage,
  type CollectionViews,
  type DocumentCollection,
  type DocumentFor,
  type Found,
  type GetCollectionOptions,
  type GetOptions,
  type KeyFor,
  type KeyParts,
  type KeyValue,
  type Listed,
  type Lookup,
  type Page,
  type PartitionKeyFor,
  type QueryOptions,
  ReadSource,
  type RowFor,
  type ViewReference,
  type WaitOptions,
} from './types.ts';
export { LOOK_AGAIN_MS, type ServingGate, createServingGate } from './serving-gate.ts';
export {
  AlreadyExistsError,
  ChangeIdReusedError,
  ChangeLostError,
  type ErrorFacts,
  HybridgeError,
  type HybridgeErrorCode,
  InvalidCursorError,
  InvalidKeyError,
  InvalidTokenError,
  InvalidValueError,
  NotAllowedError,
  NotFoundError,
  PreconditionFailedError,
  QueryImpossibleError,
  SourceUnavailableError,
  TooManyPendingError,
  UncacheableError,
  UnsettledError,
  ViewLoadingError,
} from './errors.ts';

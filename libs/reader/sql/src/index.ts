export { type Query, type SqlPool, type SqlPoolOptions, type TextRow, createSqlPool } from './sql-pool.ts';
export {
  type ReadPlace,
  type RowRead,
  type RowReader,
  type RowRequest,
  type ScanOptions,
  type TableReader,
  createRowReader,
} from './row-reader.ts';
export { type ConnectedRowReader, type RowReaderOptions, connectRowReader } from './connect-row-reader.ts';
export { type ConnectedReaders, type ReadersOptions, connectReaders } from './connect-readers.ts';
export { type SourceReader, readersBySource } from './readers-by-source.ts';
export type { FoundRow } from './decode-or-text.ts';
export type { KeyRange } from './key-range.ts';
export { isPrimary } from './primary.ts';
export { isVisible } from './postgres/visibility.ts';
export { fillItem } from './fill-item.ts';
export { type FillDependencies, type FillEntry, type FillResult, UncachedReason } from './fill-result.ts';
export { type AskedPlace, columnsOfItem, columnsOfRow } from './shown-columns.ts';
export { type Filler, type FillerOptions, createFiller } from './filler.ts';
export {
  type BudgetRefusal,
  type SqlBudget,
  type SqlBudgetOptions,
  type SqlPlace,
  createSqlBudget,
} from './sql-budget.ts';
export { BreakerState, type SqlBreaker, type SqlBreakerOptions, createSqlBreaker } from './sql-breaker.ts';
export { type SqlGuard, guardRowReader } from './guard-row-reader.ts';
export { SqlReadError, type SqlReadErrorCode, isSqlUnavailable } from './errors.ts';
export { type FallbackReason, type ReplicaReaderOptions, createReplicaReader } from './replica-reader.ts';

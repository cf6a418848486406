export { type Query, type SqlPool, type SqlPoolOptions, type TextRow, createSqlPool } from './sql-pool.ts';
export { type RowRead, type RowReader, type ScanOptions, createRowReader } from './row-reader.ts';
export { isVisible } from './visibility.ts';
export { type FillDependencies, type FillResult, UncachedReason, fillItem } from './fill-item.ts';
export { type Filler, createFiller } from './filler.ts';
export { SqlReadError, type SqlReadErrorCode } from './errors.ts';

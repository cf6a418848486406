export { type Query, type SqlPool, type SqlPoolOptions, type TextRow, createSqlPool } from './sql-pool.ts';
export { type RowRead, type RowReader, type ScanOptions, type TableReader, createRowReader } from './row-reader.ts';
export type { FoundRow } from './decode-or-text.ts';
export type { KeyRange } from './key-sql.ts';
export { isPrimary } from './primary.ts';
export { isVisible } from './visibility.ts';
export { type FillDependencies, type FillResult, UncachedReason, fillItem } from './fill-item.ts';
export { type Filler, createFiller } from './filler.ts';
export { SqlReadError, type SqlReadErrorCode } from './errors.ts';

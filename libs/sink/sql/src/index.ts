export { type SqlPool, type SqlPoolOptions, createSqlPool } from './postgres/sql-pool.ts';
export {
  type ApplyOptions,
  type ChangeAnswer,
  type ChangeSink,
  type ChangeSinkOptions,
  type KnownAnswer,
  createChangeSink,
} from './change-sink.ts';
export { type ConnectedChangeSink, type ConnectedSinkOptions, connectChangeSink } from './connect-change-sink.ts';
export { sinksBySource } from './sinks-by-source.ts';
export type { ChangeTarget } from './inbox.ts';
export { decideChange, refuseByPolicy } from './decide-change.ts';
export type { EarlierChange } from './conflicts.ts';
export type { Ruling } from './ruling.ts';
export { type Note, type Refusal, RefusalCode } from './refusal.ts';
export { SqlSinkError, type SqlSinkErrorCode } from './errors.ts';

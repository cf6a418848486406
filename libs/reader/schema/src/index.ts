export {
  type Relation,
  RelationKind,
  ReplicaIdentity,
  type SchemaColumn,
  type SchemaForeignKey,
  type SchemaKey,
  type SchemaReader,
  type Selection,
  TypeShape,
  relationName,
} from './relation.ts';
export { type AnySchemaReader, openSchemaReader } from './open-schema-reader.ts';
export { type PostgresReader, openPostgresReader } from './postgres/postgres-reader.ts';
export type { PostgresServer, Publication, PublishedTable, ReplicationSlot, Role } from './postgres/capture.ts';
export type { RightRequest } from './right-request.ts';
export type { UserRights } from './binlog/rights.ts';
export { type BinlogReader, type BinlogServer, openBinlogReader } from './binlog/binlog-reader.ts';
export { SchemaReadError, type SchemaReadErrorCode } from './errors.ts';

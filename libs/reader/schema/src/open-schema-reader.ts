import { type BinlogReader, openBinlogReader } from './binlog/binlog-reader.ts';
import { SchemaReadError } from './errors.ts';
import { type PostgresReader, openPostgresReader } from './postgres/postgres-reader.ts';

export type AnySchemaReader = PostgresReader | BinlogReader;

/**
 * Opens the database at an address: `postgres:` or `postgresql:`, `mariadb:` or `mysql:`.
 * @throws SchemaReadError
 */
export async function openSchemaReader(url: string): Promise<AnySchemaReader> {
  const scheme = /^([a-z]+):/.exec(url)?.[1];
  if (scheme === 'postgres' || scheme === 'postgresql') return openPostgresReader(url);
  if (scheme === 'mariadb' || scheme === 'mysql') return openBinlogReader(url);
  throw new SchemaReadError(
    'HYBRIDGE_READER_SCHEMA_ADDRESS',
    `A database address begins with postgres:, mariadb: or mysql:, not ${scheme === undefined ? 'without a scheme' : `${scheme}:`}.`,
  );
}

import type { Source } from '@hybridge/views';
import { type ChangeSink, type ChangeSinkOptions, createChangeSink, createSink } from './change-sink.ts';
import { createMariadbDatabase } from './mariadb/mariadb-database.ts';
import { createMariadbPool } from './mariadb/mariadb-pool.ts';
import { type SqlPoolOptions, createSqlPool } from './postgres/sql-pool.ts';

export interface ConnectedSinkOptions extends SqlPoolOptions, ChangeSinkOptions {
  readonly source: Source;
}

/** Applies changes to one source database, until it is disposed of. */
export interface ConnectedChangeSink extends ChangeSink, AsyncDisposable {}

/** Connects lazily: a database that is down shows at the first change. */
export function connectChangeSink({ source, inboxSchema, ...options }: ConnectedSinkOptions): ConnectedChangeSink {
  if (source.kind === 'postgres') {
    const pool = createSqlPool(options);
    const sink = createChangeSink({ pool }, inboxSchema === undefined ? {} : { inboxSchema });
    return { ...sink, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
  }
  const pool = createMariadbPool({ ...options, kind: source.kind });
  const sink = createSink(createMariadbDatabase(pool, inboxSchema));
  return { ...sink, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
}

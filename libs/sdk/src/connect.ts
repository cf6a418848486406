import { DEFAULT_LIMITS } from '@hybridge/protocol';
import { type DynamoDbClientOptions, createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import {
  type ReplicaReaderOptions,
  type SqlBreakerOptions,
  type SqlBudgetOptions,
  type SqlPoolOptions,
  createReplicaReader,
  createRowReader,
  createSqlBreaker,
  createSqlBudget,
  createSqlPool,
  guardRowReader,
} from '@hybridge/reader-sql';
import { createItemStore } from '@hybridge/sink-dynamodb';
import type { Catalog } from '@hybridge/views';
import { type Hybridge, type HybridgeOptions, createHybridge } from './hybridge.ts';

/** One SQL server, and what this process may ask of it. */
export interface SqlServerOptions extends SqlPoolOptions {
  /** What is left out is as in `DEFAULT_SQL_BUDGET`. */
  readonly budget?: Partial<SqlBudgetOptions>;
  readonly breaker?: SqlBreakerOptions;
}

/** A hot standby that fills read from, with the primary behind it. */
export type SqlReplicaOptions = SqlServerOptions & Pick<ReplicaReaderOptions, 'maxLagMs' | 'onFallback'>;

export interface ConnectOptions extends HybridgeOptions {
  readonly catalog: Catalog;
  readonly dynamodb: DynamoDbClientOptions & { readonly tableName: string };
  readonly sql: SqlServerOptions;
  readonly sqlReplica?: SqlReplicaOptions | undefined;
}

/** Holds connections until it is disposed of. */
export interface ConnectedHybridge extends Hybridge, AsyncDisposable {}

/**
 * A cold cache asks SQL no faster than this, whatever the traffic; and no longer in line than a fraction of a lease, so
 * that whoever is let in can still store the answer.
 */
export const DEFAULT_SQL_BUDGET = {
  queriesPerSecond: 200,
  concurrency: 10,
  maxWaiting: 500,
  maxWaitMs: 2_000,
} as const satisfies SqlBudgetOptions;

/** The SDK with clients of its own. Connects lazily: what is down shows at the first call that needs it. */
export function connectHybridge(options: ConnectOptions): ConnectedHybridge {
  const { catalog, dynamodb, sql, sqlReplica, ...rest } = options;
  const { tableName } = dynamodb;
  const client = createDynamoDbClient(dynamodb);
  const primary = connectSql(sql);
  const replica = sqlReplica === undefined ? undefined : connectSql(sqlReplica);
  const rows =
    replica === undefined
      ? primary.rows
      : createReplicaReader({
          ...sqlReplica,
          primary: primary.rows,
          replica: replica.rows,
          replicaPool: replica.pool,
          fenceTtlMs: DEFAULT_LIMITS.fenceTtlMs,
        });
  const items = createItemReader(client, { tableName });
  const hybridge = createHybridge({ catalog, items, store: createItemStore(client, { tableName }), rows }, rest);
  return {
    ...hybridge,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await Promise.all([primary, replica].map((server) => server?.pool[Symbol.asyncDispose]()));
    },
  };
}

function connectSql({ budget, breaker, ...options }: SqlServerOptions) {
  const pool = createSqlPool(options);
  const rows = guardRowReader(createRowReader({ pool }), {
    budget: createSqlBudget({ ...DEFAULT_SQL_BUDGET, ...budget }),
    breaker: createSqlBreaker(breaker),
  });
  return { pool, rows };
}

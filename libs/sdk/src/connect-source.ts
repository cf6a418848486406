import { DEFAULT_LIMITS } from '@hybridge/protocol';
import {
  type ReplicaReaderOptions,
  type RowReaderOptions,
  type SqlBreakerOptions,
  type SqlBudgetOptions,
  type TableReader,
  connectRowReader,
  createReplicaReader,
  createSqlBreaker,
  createSqlBudget,
  guardRowReader,
} from '@hybridge/reader-sql';
import type { Source } from '@hybridge/views';

/** One SQL server, and what this process may ask of it. */
export interface SqlServerOptions extends Omit<RowReaderOptions, 'source'> {
  /** What is left out is as in `DEFAULT_SQL_BUDGET`. */
  readonly budget?: Partial<SqlBudgetOptions>;
  readonly breaker?: SqlBreakerOptions;
}

/** A hot standby that fills read from, with the primary behind it. */
export type SqlReplicaOptions = SqlServerOptions & Pick<ReplicaReaderOptions, 'maxLagMs' | 'onFallback'>;

/** The servers of one source. */
export interface SourceServers {
  readonly primary: SqlServerOptions;
  readonly replica?: SqlReplicaOptions | undefined;
}

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

export interface ConnectedSource extends AsyncDisposable {
  /** Its name. */
  readonly source: string;
  readonly rows: TableReader;
}

export function connectSource(source: Source, { primary: given, replica: other }: SourceServers): ConnectedSource {
  const primary = connectServer(source, given);
  const replica = other === undefined ? undefined : connectServer(source, other);
  const rows =
    replica === undefined
      ? primary.rows
      : createReplicaReader({
          ...other,
          primary: primary.rows,
          replica: replica.rows,
          replicaPool: replica.reader.pool,
          fenceTtlMs: DEFAULT_LIMITS.fenceTtlMs,
        });
  return {
    source: source.name,
    rows,
    async [Symbol.asyncDispose]() {
      await Promise.all([primary, replica].map((server) => server?.reader[Symbol.asyncDispose]()));
    },
  };
}

function connectServer(source: Source, { budget, breaker, ...options }: SqlServerOptions) {
  const reader = connectRowReader({ ...options, source });
  const rows = guardRowReader(reader, {
    budget: createSqlBudget({ ...DEFAULT_SQL_BUDGET, ...budget }),
    breaker: createSqlBreaker(breaker),
  });
  return { reader, rows };
}

import type { Metrics } from '@hybridge/observability';
import { BreakerState, type FallbackReason, type SqlBreakerOptions, type SqlBudgetOptions } from '@hybridge/reader-sql';
import type { Found } from '@hybridge/sdk';

/** One SQL server of one source. */
export type SqlServer = { readonly source: string; readonly server: 'primary' | 'replica' };

/** What this app counts. */
export interface Instruments {
  readonly answered: (route: string, status: number, seconds: number) => void;
  readonly read: (found: Pick<Found<unknown>, 'source'> | undefined) => void;
  readonly budget: (server: SqlServer) => Pick<SqlBudgetOptions, 'onAdmitted' | 'onRefused'>;
  readonly breaker: (server: SqlServer) => Pick<SqlBreakerOptions, 'onState' | 'onRefused'>;
  readonly fallback: (source: string) => (reason: FallbackReason, reads: number) => void;
}

export function createInstruments(metrics: Metrics): Instruments {
  const requests = metrics.counter('requests_total', 'Requests answered.', ['route', 'status']);
  const reads = metrics.counter('reads_total', 'Documents read, by what answered.', ['source']);
  const seconds = metrics.latency('request_seconds', 'Time to answer a request.');
  const waited = metrics.latency('sql_wait_seconds', 'Time a read of SQL stood in line.', ['source', 'server']);
  const refused = metrics.counter('sql_refused_total', 'Reads that SQL was not asked for.', [
    'source',
    'server',
    'reason',
  ]);
  const open = metrics.gauge('sql_breaker_open', '1 while reads are refused, as SQL does not answer.', [
    'source',
    'server',
  ]);
  const fallbacks = metrics.counter('sql_fallbacks_total', 'Reads of the replica that the primary answered.', [
    'source',
    'reason',
  ]);
  return {
    budget: (server) => ({
      onAdmitted: (waitedMs) => waited.observe(server, waitedMs / 1000),
      onRefused: (reason) => refused.inc({ ...server, reason }),
    }),
    breaker: (server) => {
      open.set(server, 0);
      return {
        onState: (state) => open.set(server, state === BreakerState.closed ? 0 : 1),
        onRefused: () => refused.inc({ ...server, reason: 'breaker' }),
      };
    },
    fallback: (source) => (reason, reads) => fallbacks.inc({ source, reason }, reads),
    answered: (route, status, took) => {
      requests.inc({ route, status: String(status) });
      seconds.observe(took);
    },
    read: (found) => reads.inc({ source: found?.source ?? 'not-found' }),
  };
}

import type { Metrics } from '@hybridge/observability';
import type { Found } from '@hybridge/sdk';

/** What this app counts. */
export interface Instruments {
  readonly answered: (route: string, status: number, seconds: number) => void;
  readonly read: (found: Pick<Found<unknown>, 'source'> | undefined) => void;
}

export function createInstruments(metrics: Metrics): Instruments {
  const requests = metrics.counter('requests_total', 'Requests answered.', ['route', 'status']);
  const reads = metrics.counter('reads_total', 'Documents read, by what answered.', ['source']);
  const seconds = metrics.latency('request_seconds', 'Time to answer a request.');
  return {
    answered: (route, status, took) => {
      requests.inc({ route, status: String(status) });
      seconds.observe(took);
    },
    read: (found) => reads.inc({ source: found?.source ?? 'not-found' }),
  };
}

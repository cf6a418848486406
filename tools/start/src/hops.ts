import { type Samples, buckets, quantile, total } from '@hybridge/local-stack';

/** Scrapes of all apps at one moment. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly apps: Readonly<Record<string, Samples>>;
}

/** One row of the live view. Times in milliseconds; undefined where nothing happened. */
export interface Hop {
  readonly title: string;
  readonly perSecond: number;
  readonly total: number;
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly lag: string;
}

interface HopDefinition {
  readonly title: string;
  readonly app: string;
  readonly counter: string;
  readonly latency: string;
  readonly lag?: (samples: Samples) => string;
}

const HOPS: readonly HopDefinition[] = [
  {
    title: 'commit in SQL → item in DynamoDB',
    app: 'projector',
    counter: 'projector_changes_total',
    latency: 'projector_commit_to_item_seconds',
    lag: (samples) => `${total(samples, 'projector_lag_records')} records`,
  },
  {
    title: 'commit in SQL → event on the bus',
    app: 'stream-pipe',
    counter: 'stream_pipe_events_total',
    latency: 'stream_pipe_commit_to_event_seconds',
  },
  {
    title: "customer's change → commit in SQL",
    app: 'writeback',
    counter: 'writeback_changes_total',
    latency: 'writeback_change_to_sql_seconds',
  },
  {
    title: 'HTTP request → answer',
    app: 'view-api',
    counter: 'view_api_requests_total',
    latency: 'view_api_request_seconds',
  },
];

/** Rates and quantiles between two moments. */
export function measureHops(now: Snapshot, before: Snapshot): readonly Hop[] {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  return HOPS.map((hop) => {
    const current = now.apps[hop.app] ?? new Map<string, number>();
    const previous = before.apps[hop.app] ?? new Map<string, number>();
    const count = total(current, hop.counter);
    const quantileMs = (q: number): number | undefined => {
      const value = quantile(q, buckets(current, hop.latency), buckets(previous, hop.latency));
      return value === undefined ? undefined : value * 1000;
    };
    return {
      title: hop.title,
      perSecond: Math.max(0, count - total(previous, hop.counter)) / seconds,
      total: count,
      p50Ms: quantileMs(0.5),
      p99Ms: quantileMs(0.99),
      lag: hop.lag?.(current) ?? '',
    };
  });
}

const time = (ms: number | undefined): string =>
  ms === undefined ? '–' : ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;

/** The hops as lines of text, one a hop, under a heading. */
export function formatHops(hops: readonly Hop[]): readonly string[] {
  const row = (cells: readonly string[]): string =>
    `  ${(cells[0] as string).padEnd(36)}${cells
      .slice(1, 5)
      .map((cell) => cell.padStart(10))
      .join('')}   ${cells[5]}`.trimEnd();
  return [
    row(['hop', 'per s', 'total', 'p50', 'p99', 'lag']),
    ...hops.map((hop) =>
      row([
        hop.title,
        hop.perSecond.toFixed(1),
        hop.total.toLocaleString('en-US'),
        time(hop.p50Ms),
        time(hop.p99Ms),
        hop.lag,
      ]),
    ),
  ];
}

/** One plain line, for logs. */
export const formatHopsLine = (hops: readonly Hop[]): string =>
  hops
    .map((hop) => `${hop.title}: ${hop.perSecond.toFixed(1)}/s p50 ${time(hop.p50Ms)} p99 ${time(hop.p99Ms)}`)
    .join(' | ');

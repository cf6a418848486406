import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Upper bounds of latency buckets, seconds: 1 ms to 60 s. */
export const LATENCY_BUCKETS_SECONDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 60,
] as const;

/** The metrics of one app: Prometheus instruments named `<app>_<noun>_<unit>`. */
export interface Metrics {
  readonly app: string;
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string = never>(name: string, help: string, labels?: readonly L[]): Gauge<L>;
  /** A histogram of seconds. */
  latency<L extends string = never>(name: string, help: string, labels?: readonly L[]): Histogram<L>;
  /** Prometheus text exposition. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** @param app prefix of every metric; dashes become underscores */
export function createMetrics(app: string, options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  const prefix = `${app.replaceAll('-', '_')}_`;
  if (options.process !== false) collectDefaultMetrics({ register: registry });
  const base = (name: string, help: string, labels: readonly string[] = []) => ({
    name: `${prefix}${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  return {
    app,
    contentType: registry.contentType,
    counter: (name, help, labels) => new Counter(base(name, help, labels)) as never,
    gauge: (name, help, labels) => new Gauge(base(name, help, labels)) as never,
    latency: (name, help, labels) =>
      new Histogram({ ...base(name, help, labels), buckets: [...LATENCY_BUCKETS_SECONDS] }) as never,
    render: () => registry.metrics(),
  };
}

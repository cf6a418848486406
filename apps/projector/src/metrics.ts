import { type Metrics, createMetrics } from '@hybridge/observability';

export function createProjectorMetrics(metrics: Metrics = createMetrics('projector')) {
  return {
    all: metrics,
    records: metrics.counter('records_total', 'Row changes read, before coalescing; counted when durably done'),
    changes: metrics.counter('changes_total', 'Row changes by view and outcome, after coalescing', ['view', 'outcome']),
    settled: metrics.counter('settled_total', 'Answers to customer changes by outcome: A, R or unknown', ['outcome']),
    commitToItem: metrics.latency('commit_to_item_seconds', 'From the SQL commit to the item in DynamoDB'),
    lag: metrics.gauge('lag_records', 'Records behind the newest one', ['topic', 'partition']),
    retries: metrics.counter('retries_total', 'Writes tried again'),
    halted: metrics.gauge('halted_partitions', 'Partitions that cannot go on'),
  };
}

export type ProjectorMetrics = ReturnType<typeof createProjectorMetrics>;

import { type Metrics, createMetrics } from '@hybridge/observability';

export function createProjectorMetrics(metrics: Metrics = createMetrics('projector')) {
  return {
    all: metrics,
    records: metrics.counter('records_total', 'Row changes read, before coalescing; counted when durably done'),
    changes: metrics.counter('changes_total', 'Row changes by view and outcome, after coalescing', ['view', 'outcome']),
    settled: metrics.counter('settled_total', 'Answers to customer changes by outcome: A, R, raw or unknown', [
      'outcome',
    ]),
    commitToItem: metrics.latency('commit_to_item_seconds', 'From the SQL commit to the item in DynamoDB'),
    lag: metrics.gauge('lag_records', 'Records behind the newest one', ['topic', 'partition']),
    retries: metrics.counter('retries_total', 'Writes tried again'),
    pendingBytes: metrics.gauge('pending_bytes', 'Records in hand that are not done', ['source']),
    parked: metrics.gauge('parked_keys', 'Keys whose changes wait, because one of them could not be applied'),
    unknownColumns: metrics.gauge('unknown_columns', 'Columns of a table in SQL that no definition knows', [
      'source',
      'table',
    ]),
    unchanged: metrics.counter('unchanged_total', 'Updates that changed no column of the view', ['view']),
    truncateWaiting: metrics.gauge('truncate_waiting_tables', 'Truncated tables whose last sweep is still to come'),
    swept: metrics.counter('swept_total', 'Items swept after a TRUNCATE, by view and outcome', ['view', 'outcome']),
    told: metrics.counter('fanout_told_total', 'Rows looked at because they embed one that changed', ['by', 'outcome']),
    fanOutJobs: metrics.gauge('fanout_jobs', 'Changes whose fan-out is left to jobs'),
    oldestJob: metrics.gauge('fanout_oldest_job_seconds', 'Age of the oldest of these jobs'),
    loading: metrics.gauge('loading', '1 while this projector loads a table that nobody is served from'),
    loadWaiting: metrics.gauge('load_waiting', '1 while this projector waits for another one that loads the table'),
    loadPuts: metrics.counter('load_puts_total', 'Rows put without a condition by a first load'),
    halted: metrics.gauge('halted_partitions', 'Partitions that cannot go on'),
  };
}

export type ProjectorMetrics = ReturnType<typeof createProjectorMetrics>;

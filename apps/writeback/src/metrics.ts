import { type Metrics, createMetrics } from '@hybridge/observability';

export function createWritebackMetrics(metrics: Metrics = createMetrics('writeback')) {
  return {
    all: metrics,
    changes: metrics.counter(
      'changes_total',
      'Customer changes by outcome: applied, rejected, already (answered before) or resignalled',
      ['outcome'],
    ),
    changeToSql: metrics.latency(
      'change_to_sql_seconds',
      'From the acceptance of a change to the COMMIT of its answer',
    ),
    messages: metrics.counter(
      'messages_total',
      'Messages by outcome: handled, failed (come again) or malformed (come again until the queue moves them to its DLQ)',
      ['outcome'],
    ),
    retries: metrics.counter('retries_total', 'Commands tried again in place because SQL or DynamoDB did not answer'),
  };
}

export type WritebackMetrics = ReturnType<typeof createWritebackMetrics>;

import { type Metrics, createMetrics } from '@hybridge/observability';

/** What the pipe counts; names without their prefix `stream_pipe_`. */
export function createPipeMetrics(metrics: Metrics = createMetrics('stream-pipe')) {
  return {
    registry: metrics,
    records: metrics.counter('records_total', 'Stream records whose messages are all on the bus.'),
    events: metrics.counter('events_total', 'Messages the bus accepted.', ['detail_type']),
    commitToEvent: metrics.latency(
      'commit_to_event_seconds',
      'From the commit in SQL until the bus had its domain event.',
    ),
    retries: metrics.counter('retries_total', 'Entries and calls that were tried again.'),
    failedEvents: metrics.counter('failed_events_total', 'Messages that could not be made and were skipped.', [
      'detail_type',
      'code',
    ]),
    rawDeletes: metrics.counter('raw_deletes_total', 'Items in use that somebody removed behind the protocol.', [
      'view',
      'setting',
    ]),
    rawWrites: metrics.counter('raw_writes_total', 'Items whose columns somebody changed behind the protocol.', [
      'view',
      'setting',
    ]),
    dataLosses: metrics.counter('data_losses_total', 'Times stream records outlived their retention unread.', [
      'reason',
    ]),
  };
}

export type PipeMetrics = ReturnType<typeof createPipeMetrics>;

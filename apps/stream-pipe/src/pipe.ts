import type { Logger } from '@hybridge/observability';
import { formatKey } from '@hybridge/protocol';
import type { EventSink } from '@hybridge/sink-eventbridge';
import type { StreamBatch, StreamRecord } from '@hybridge/source-dynamodb-stream';
import { type ClassifyOptions, classify } from './classify.ts';
import type { OutgoingMessage } from './message.ts';
import type { PipeMetrics } from './metrics.ts';

export interface PipeDeps extends ClassifyOptions {
  readonly sink: EventSink;
  readonly metrics: PipeMetrics;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Puts a batch's messages on the bus, and commits the batch only when the bus has accepted every one. */
export type Pipe = (batch: StreamBatch, signal: AbortSignal) => Promise<void>;

export function createPipe(deps: PipeDeps): Pipe {
  const onAccepted = (message: OutgoingMessage): void => {
    deps.metrics.events.inc({ detail_type: message.detailType });
    if (message.kind === 'event') deps.metrics.commitToEvent.observe((deps.now() - message.time.getTime()) / 1000);
  };
  return async (batch, signal) => {
    const messages = batch.records.flatMap((record) => messagesOf(deps, record));
    await deps.sink.putAll(messages, signal, onAccepted);
    await batch.commit();
    deps.metrics.records.inc(batch.records.length);
  };
}

function messagesOf(deps: PipeDeps, record: StreamRecord): readonly OutgoingMessage[] {
  const { messages, failures, rawDelete } = classify(record, deps);
  const about = { key: formatKey(record.key), sequence: record.sequence };
  for (const error of failures) {
    deps.logger.error({ ...about, err: error, detailType: error.detailType }, 'message skipped');
    deps.metrics.failedEvents.inc({ detail_type: error.detailType, code: error.code });
  }
  if (rawDelete) {
    deps.logger.error(about, 'an item in use was removed behind the protocol');
    deps.metrics.rawDeletes.inc();
  }
  return messages;
}

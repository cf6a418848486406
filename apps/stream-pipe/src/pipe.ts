import type { Logger } from '@hybridge/observability';
import { formatKey } from '@hybridge/protocol';
import type { EventSink } from '@hybridge/sink-eventbridge';
import type { StreamBatch, StreamRecord } from '@hybridge/source-dynamodb-stream';
import { RawWrites } from '@hybridge/views';
import { type ClassifyOptions, classify } from './classify.ts';
import type { OutgoingMessage } from './message.ts';
import type { PipeMetrics } from './metrics.ts';
import type { RawWrite } from './raw-writes.ts';

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
  const { messages, failures, raw } = classify(record, deps);
  const about = { key: formatKey(record.key), sequence: record.sequence };
  for (const error of failures) {
    deps.logger.error({ ...about, err: error, detailType: error.detailType }, 'message skipped');
    deps.metrics.failedEvents.inc({ detail_type: error.detailType, code: error.code });
  }
  if (raw !== undefined) report(raw, about, deps);
  return messages;
}

/** Fields by name only: their values may be anybody's. */
function report(raw: RawWrite, about: { readonly key: string; readonly sequence: string }, deps: PipeDeps): void {
  const { kind, view, fields, captured } = raw;
  const setting = captured ? RawWrites.capture : RawWrites.forbid;
  const counter = kind === 'delete' ? deps.metrics.rawDeletes : deps.metrics.rawWrites;
  counter.inc({ view: view ?? 'none', setting });
  const facts = { ...about, view, fields };
  if (captured) deps.logger.info(facts, `a ${kind} behind the protocol goes to SQL as a customer's change`);
  else deps.logger.warn(facts, `a ${kind} behind the protocol is forbidden; SQL's row takes its place`);
}

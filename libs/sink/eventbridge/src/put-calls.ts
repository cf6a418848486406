import {
  PutEventsCommand,
  type PutEventsCommandOutput,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import type { WrittenEntry } from './entry.ts';
import { type EventSinkError, callFailure, entryFailure } from './errors.ts';

/** The part of an EventBridge client the sink needs. */
export interface PutEventsClient {
  send(command: PutEventsCommand): Promise<PutEventsCommandOutput>;
}

export interface PutCallsOptions {
  readonly busName: string;
  readonly maxEntries: number;
  /** Bytes of all entries of one call. */
  readonly maxCallBytes: number;
  readonly maxConcurrentCalls: number;
}

/**
 * Gathers entries that are ready at the same time into as few calls as the limits allow. Each entry's promise ends with
 * its own result: a call that half succeeds resolves some and rejects others.
 */
export interface PutCalls {
  /** @throws EventSinkError of this entry, or of the call that carried it */
  put(entry: WrittenEntry): Promise<void>;
}

interface Waiting {
  readonly written: WrittenEntry;
  readonly resolve: () => void;
  readonly reject: (error: EventSinkError) => void;
}

export function createPutCalls(client: PutEventsClient, options: PutCallsOptions): PutCalls {
  const waiting: Waiting[] = [];
  let running = 0;
  let scheduled = false;

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    // After everything that is ready now has been handed in.
    setImmediate(() => {
      scheduled = false;
      while (waiting.length > 0 && running < options.maxConcurrentCalls) void call(takeBatch(waiting, options));
    });
  };

  const call = async (batch: readonly Waiting[]): Promise<void> => {
    running++;
    try {
      const answer = await client.send(
        new PutEventsCommand({ Entries: batch.map((each) => toRequest(each, options)) }),
      );
      distribute(batch, answer.Entries ?? []);
    } catch (cause) {
      const error = callFailure(cause);
      for (const each of batch) each.reject(error);
    } finally {
      running--;
      if (waiting.length > 0) schedule();
    }
  };

  return {
    put: (written) =>
      new Promise((resolve, reject) => {
        waiting.push({ written, resolve, reject });
        schedule();
      }),
  };
}

/** As many entries from the front as fit into one call; at least one. */
function takeBatch(waiting: Waiting[], options: PutCallsOptions): readonly Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const { written } of waiting) {
    bytes += written.bytes;
    if (count === options.maxEntries || (count > 0 && bytes > options.maxCallBytes)) break;
    count++;
  }
  return waiting.splice(0, count);
}

const toRequest = ({ written }: Waiting, options: PutCallsOptions): PutEventsRequestEntry => ({
  EventBusName: options.busName,
  Source: written.entry.source,
  DetailType: written.entry.detailType,
  Detail: written.detail,
  Time: written.entry.time,
  ...(written.entry.traceHeader === undefined ? {} : { TraceHeader: written.entry.traceHeader }),
});

/** Results stand in the order of the entries. An entry without an event id was not accepted, whatever else is said. */
function distribute(batch: readonly Waiting[], results: readonly PutEventsResultEntry[]): void {
  batch.forEach((each, i) => {
    const result = results[i];
    if (result?.EventId !== undefined && result.ErrorCode === undefined) each.resolve();
    else each.reject(entryFailure(each.written.entry, result?.ErrorCode ?? 'NoResult', result?.ErrorMessage));
  });
}

import { createLanes, retryTransient } from '@hybridge/runtime';
import { type EventEntry, type WrittenEntry, writeEntry } from './entry.ts';
import { EventSinkError } from './errors.ts';
import { MAX_ENTRIES_PER_CALL, MAX_ENTRY_BYTES } from './limits.ts';
import { type PutEventsClient, createPutCalls } from './put-calls.ts';

/**
 * Puts events on a bus: at least once, in order per item, all or an error.
 *
 * At most one entry of an item is under way, and the next follows only after the bus accepted it, so a failing entry
 * holds up its own item and no other.
 */
export interface EventSink {
  /**
   * Resolves when the bus has accepted every entry. Transient failures are tried again until `signal` fires.
   * @param onAccepted called once an entry, when the bus has it
   * @throws EventEntryError, before anything is sent, for an entry that is too large or malformed
   * @throws EventSinkError when the bus refused an entry or call for good, or `signal` fired; entries already accepted
   *   stay accepted, those after a refused one of the same item were not sent
   */
  putAll<E extends EventEntry>(
    entries: readonly E[],
    signal: AbortSignal,
    onAccepted?: (entry: E) => void,
  ): Promise<void>;
}

export interface EventRetry {
  readonly entry: EventEntry;
  readonly error: unknown;
  /** 1 for the first repetition of this entry. */
  readonly attempt: number;
  readonly delayMs: number;
}

export interface EventSinkOptions {
  readonly busName: string;
  /** Bytes of one entry and of all entries of one call; default 256 KiB. */
  readonly maxEntryBytes?: number;
  /** Entries of one call; default and most 10. */
  readonly maxEntries?: number;
  /** Calls at the same time; default 8. */
  readonly maxConcurrentCalls?: number;
  /** First and longest pause before an entry is tried again, milliseconds, with jitter; default 50 and 5 000. */
  readonly initialDelayMs?: number;
  readonly maxDelayMs?: number;
  /** Called before each repetition of an entry. */
  readonly onRetry?: (retry: EventRetry) => void;
}

export function createEventSink(client: PutEventsClient, options: EventSinkOptions): EventSink {
  const maxEntryBytes = options.maxEntryBytes ?? MAX_ENTRY_BYTES;
  const calls = createPutCalls(client, {
    busName: options.busName,
    maxEntries: Math.min(options.maxEntries ?? MAX_ENTRIES_PER_CALL, MAX_ENTRIES_PER_CALL),
    maxCallBytes: maxEntryBytes,
    maxConcurrentCalls: options.maxConcurrentCalls ?? 8,
  });
  // Shared by all putAll calls, so that order per item holds across them too.
  const lanes = createLanes({ concurrency: Number.POSITIVE_INFINITY });

  const putUntilAccepted = (written: WrittenEntry, signal: AbortSignal): Promise<void> =>
    retryTransient(
      () => {
        if (signal.aborted) throw new EventSinkError('HYBRIDGE_SINK_ABORTED', 'Stopped before the bus accepted all.');
        return calls.put(written);
      },
      {
        initialDelayMs: options.initialDelayMs ?? 50,
        maxDelayMs: options.maxDelayMs ?? 5_000,
        signal,
        onRetry: (error, attempt, delayMs) => options.onRetry?.({ entry: written.entry, error, attempt, delayMs }),
      },
    );

  return {
    async putAll(entries, signal, onAccepted) {
      const items = groupByItem(entries.map((entry) => writeEntry(entry, maxEntryBytes)));
      const failed = new AbortController();
      const stop = AbortSignal.any([signal, failed.signal]);
      const results = await Promise.allSettled(
        [...items].map(([item, ofItem]) =>
          lanes
            .run(item, async () => {
              for (const written of ofItem) {
                await putUntilAccepted(written, stop);
                onAccepted?.(written.entry as (typeof entries)[number]);
              }
            })
            .catch((error: unknown) => {
              failed.abort();
              throw error;
            }),
        ),
      );
      const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      if (errors.length > 0) throw errors.find(isCause) ?? errors[0];
    },
  };
}

/** Each item's entries in the order given. */
function groupByItem(entries: readonly WrittenEntry[]): ReadonlyMap<string, readonly WrittenEntry[]> {
  const items = new Map<string, WrittenEntry[]>();
  for (const written of entries) {
    const { pk, sk } = written.entry.itemKey;
    const item = JSON.stringify([pk, sk]);
    const ofItem = items.get(item);
    if (ofItem === undefined) items.set(item, [written]);
    else ofItem.push(written);
  }
  return items;
}

/** The refusal that stopped the others, not one of those stopped by it. */
const isCause = (error: unknown): boolean =>
  !(error instanceof EventSinkError) || (error.retry === 'permanent' && error.code !== 'HYBRIDGE_SINK_ABORTED');

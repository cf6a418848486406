import { randomUUID } from 'node:crypto';
import { ApplyCustomerChange, type ApplyCustomerChangeData } from '@hybridge/contracts';
import { type Item, type ItemKey, pendingOf, pendingToWire } from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import { type EventEntry, type EventSink, MAX_ENTRY_BYTES, entryBytes } from '@hybridge/sink-eventbridge';
import type { Catalog } from '@hybridge/views';

export interface SweepDependencies {
  readonly items: Pick<ItemReader, 'pendingItems' | 'get'>;
  readonly sink: Pick<EventSink, 'putAll'>;
  readonly catalog: Catalog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Entries put on the bus together. */
const BATCH = 100;

/**
 * Sends every change again that has waited for its answer longer than `ageMs`: its command, or the answer to it, was lost
 * on the way. A change that SQL has answered is answered once more, never applied twice.
 * @returns items swept
 * @throws ItemReaderError, EventSinkError
 */
export async function sweep(dependencies: SweepDependencies, ageMs: number, signal: AbortSignal): Promise<number> {
  const { items, sink, now } = dependencies;
  let swept = 0;
  let batch: EventEntry[] = [];
  const flush = async (): Promise<void> => {
    await sink.putAll(batch, signal);
    swept += batch.length;
    batch = [];
  };
  for await (const { key, since } of items.pendingItems({ signal })) {
    if (since > now() - ageMs) continue;
    // The index is a moment behind and carries keys only: the item itself says what is unanswered.
    const entry = entryOf(key, await items.get(key), dependencies);
    if (entry === undefined) continue;
    batch.push(entry);
    if (batch.length >= BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return swept;
}

function entryOf(key: ItemKey, item: Item | undefined, { catalog, now }: SweepDependencies): EventEntry | undefined {
  const pending = item === undefined ? [] : pendingOf(item);
  const view = catalog.byKey(key)?.view;
  const oldest = pending[0];
  if (view === undefined || oldest === undefined) return undefined;
  const entry = (data: ApplyCustomerChangeData): EventEntry => ({
    itemKey: key,
    source: ApplyCustomerChange.source,
    detailType: ApplyCustomerChange.detailType,
    time: new Date(now()),
    detail: {
      metadata: {
        id: `sweep-${randomUUID()}`,
        version: ApplyCustomerChange.version,
        view: view.name,
        key,
        occurredAt: new Date(oldest.at).toISOString(),
      },
      data,
    },
  });
  const whole = entry({ pending: pendingToWire(pending), truncated: false, sweep: true });
  return entryBytes(whole) <= MAX_ENTRY_BYTES ? whole : entry({ pending: [], truncated: true, sweep: true });
}

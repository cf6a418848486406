import { type Item, hasPending, isControlKey } from '@hybridge/protocol';
import type { StreamRecord } from '@hybridge/source-dynamodb-stream';
import type { AnyView, Catalog, Row } from '@hybridge/views';
import { type ItemChange, commandOf, outcomesOfChange } from './customer-changes.ts';
import { domainEventsOf } from './domain-events.ts';
import { StreamPipeError } from './errors.ts';
import type { OutgoingMessage } from './message.ts';
import { type RawWrite, isRaw, rawWriteOf } from './raw-writes.ts';

/** What one write to one item means to the world. */
export interface Classified {
  /** In the order they are to be sent: commands first, a customer is waiting. */
  readonly messages: readonly OutgoingMessage[];
  /** Messages that could not be made. */
  readonly failures: readonly StreamPipeError[];
  /** Somebody changed or removed the item without the protocol. */
  readonly raw?: RawWrite;
}

export interface ClassifyOptions {
  readonly catalog: Catalog;
  /** Whether the bus takes a message of this size. */
  readonly fits: (message: OutgoingMessage) => boolean;
}

const NOTHING: Classified = { messages: [], failures: [] };

/**
 * Structural: it looks at what became of the pending changes and of the SQL truth, never at who wrote.
 * Pure and total: a failure is a value, and takes nothing with it but its own message.
 */
export function classify(record: StreamRecord, options: ClassifyOptions): Classified {
  const { oldImage: before, newImage: after } = record;
  if (isControlKey(record.key)) return NOTHING;
  if (after === undefined && !isRaw(record)) return NOTHING;
  try {
    const found = options.catalog.byKey(record.key);
    if (found === undefined) return withoutView(after);
    const classified = after === undefined ? NOTHING : collect(partsOf(record, after, found, options));
    return isRaw(record) ? withRaw(classified, record, found.view, options) : classified;
  } catch (cause) {
    const written = after === undefined ? 'removed' : before === undefined ? 'created' : 'changed';
    return failed(
      'HYBRIDGE_STREAM_PIPE_RECORD_MALFORMED',
      `The item as ${written} cannot be read: ${String(cause)}`,
      cause,
    );
  }
}

function withRaw(classified: Classified, record: StreamRecord, view: AnyView, { fits }: ClassifyOptions): Classified {
  const { raw, command } = rawWriteOf(record, view, fits);
  return { ...classified, messages: [command, ...classified.messages], raw };
}

/** An item no definition makes is not ours to tell of, unless a customer's change in it would be lost. */
function withoutView(after: Item | undefined): Classified {
  if (after === undefined) return { ...NOTHING, raw: { kind: 'delete', view: undefined, fields: [], captured: false } };
  return hasPending(after)
    ? failed('HYBRIDGE_STREAM_PIPE_VIEW_UNKNOWN', 'An item of no view carries pending changes; is its definition gone?')
    : NOTHING;
}

const failed = (code: StreamPipeError['code'], message: string, cause?: unknown): Classified => ({
  ...NOTHING,
  failures: [new StreamPipeError(code, message, { cause })],
});

type Part = OutgoingMessage | StreamPipeError;

function partsOf(
  record: StreamRecord,
  after: Item,
  { view, row }: { readonly view: AnyView; readonly row: Row },
  { fits }: ClassifyOptions,
): readonly Part[] {
  const before = record.oldImage;
  const change: ItemChange = { view: view.name, key: record.key, before, after };
  return [
    ...guarded(() => commandOf(change, fits)),
    ...guarded(() => outcomesOfChange(change)),
    ...guarded(() => domainEventsOf({ view, row, key: record.key, before, after, at: record.at, fits })),
  ];
}

/** Metadata that a raw writer spoiled must not take the other messages of the record with it. */
function guarded(make: () => readonly Part[]): readonly Part[] {
  try {
    return make();
  } catch (cause) {
    const message = `The item carries metadata that cannot be read: ${String(cause)}`;
    return [new StreamPipeError('HYBRIDGE_STREAM_PIPE_RECORD_MALFORMED', message, { cause })];
  }
}

function collect(parts: readonly Part[]): Classified {
  const isFailure = (part: Part): part is StreamPipeError => part instanceof StreamPipeError;
  const isMessage = (part: Part): part is OutgoingMessage => !isFailure(part);
  return { messages: parts.filter(isMessage), failures: parts.filter(isFailure) };
}

import { MAX_DETAIL_TYPE_LENGTH, RESERVED_SOURCE_PREFIX, TIME_BYTES } from './limits.ts';
import { EventEntryError } from './errors.ts';

/** The item an entry tells of: entries of one item reach the bus in the order they were given. */
export interface EntryKey {
  readonly pk: string;
  readonly sk: string;
}

/** One event for the bus. */
export interface EventEntry {
  readonly itemKey: EntryKey;
  readonly source: string;
  readonly detailType: string;
  /** A JSON object. */
  readonly detail: object;
  /** When it happened; the bus keeps whole seconds. */
  readonly time: Date;
  /** X-Ray trace header. */
  readonly traceHeader?: string;
}

/** An entry whose detail is written as JSON already. */
export interface WrittenEntry {
  readonly entry: EventEntry;
  readonly detail: string;
  readonly bytes: number;
}

/**
 * Size of an entry by the rule EventBridge publishes: 14 bytes for the time, and the UTF-8 bytes of source,
 * detail-type and detail. Bus name and trace header are not counted.
 */
export const entryBytes = (entry: EventEntry): number => sizeOf(entry, JSON.stringify(entry.detail));

function sizeOf(entry: EventEntry, detail: string): number {
  return TIME_BYTES + Buffer.byteLength(entry.source) + Buffer.byteLength(entry.detailType) + Buffer.byteLength(detail);
}

/** @throws EventEntryError when the bus would refuse the entry whenever it is sent */
export function writeEntry(entry: EventEntry, maxEntryBytes: number): WrittenEntry {
  const malformed = problemOf(entry);
  if (malformed !== undefined) throw new EventEntryError('HYBRIDGE_SINK_ENTRY_MALFORMED', entry, malformed);
  const detail = writeDetail(entry);
  const bytes = sizeOf(entry, detail);
  if (bytes > maxEntryBytes) {
    throw new EventEntryError('HYBRIDGE_SINK_ENTRY_TOO_LARGE', entry, `${bytes} bytes, at most ${maxEntryBytes} fit`);
  }
  return { entry, detail, bytes };
}

function problemOf(entry: EventEntry): string | undefined {
  if (entry.source === '') return 'its source is empty';
  if (entry.source.startsWith(RESERVED_SOURCE_PREFIX))
    return `sources beginning "${RESERVED_SOURCE_PREFIX}" are reserved`;
  if (entry.detailType === '') return 'its detail-type is empty';
  if (entry.detailType.length > MAX_DETAIL_TYPE_LENGTH) {
    return `its detail-type has ${entry.detailType.length} characters, at most ${MAX_DETAIL_TYPE_LENGTH} are allowed`;
  }
  if (Number.isNaN(entry.time.getTime())) return 'its time is not a date';
  return undefined;
}

function writeDetail(entry: EventEntry): string {
  try {
    const detail = JSON.stringify(entry.detail) as string | undefined;
    if (detail?.startsWith('{') === true) return detail;
  } catch (cause) {
    throw new EventEntryError('HYBRIDGE_SINK_ENTRY_MALFORMED', entry, 'its detail has no JSON form', { cause });
  }
  throw new EventEntryError('HYBRIDGE_SINK_ENTRY_MALFORMED', entry, 'its detail is not a JSON object');
}

export { type EventBridgeClientOptions, createEventBridgeClient } from './client.ts';
export { type EntryKey, type EventEntry, entryBytes } from './entry.ts';
export { EventEntryError, EventSinkError, type EventSinkErrorCode } from './errors.ts';
export { type EventRetry, type EventSink, type EventSinkOptions, createEventSink } from './event-sink.ts';
export {
  MAX_DETAIL_TYPE_LENGTH,
  MAX_ENTRIES_PER_CALL,
  MAX_ENTRY_BYTES,
  RAISED_MAX_ENTRY_BYTES,
  RESERVED_SOURCE_PREFIX,
  TIME_BYTES,
} from './limits.ts';
export type { PutEventsClient } from './put-calls.ts';
export { type RuleFacts, readBusRules } from './bus-facts.ts';

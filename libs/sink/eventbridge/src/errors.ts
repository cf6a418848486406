import type { RetryClass, Retryable } from '@hybridge/runtime';
import type { EntryKey, EventEntry } from './entry.ts';

export type EventSinkErrorCode =
  | 'HYBRIDGE_SINK_ENTRY_TOO_LARGE'
  | 'HYBRIDGE_SINK_ENTRY_MALFORMED'
  | 'HYBRIDGE_SINK_ENTRY_REFUSED'
  | 'HYBRIDGE_SINK_ENTRY_FAILED'
  | 'HYBRIDGE_SINK_EVENTBRIDGE_UNAVAILABLE'
  | 'HYBRIDGE_SINK_EVENTBRIDGE_REFUSED'
  | 'HYBRIDGE_SINK_ABORTED';

/** Base of everything this sink throws. */
export class EventSinkError extends Error implements Retryable {
  override readonly name: string = 'EventSinkError';
  readonly code: EventSinkErrorCode;
  readonly retry: RetryClass;

  constructor(code: EventSinkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retry = TRANSIENT_CODES.has(code) ? 'transient' : 'permanent';
  }
}

const TRANSIENT_CODES: ReadonlySet<EventSinkErrorCode> = new Set([
  'HYBRIDGE_SINK_ENTRY_FAILED',
  'HYBRIDGE_SINK_EVENTBRIDGE_UNAVAILABLE',
]);

/** One entry cannot be put, or was not: names the item and the message. */
export class EventEntryError extends EventSinkError {
  override readonly name = 'EventEntryError';
  readonly itemKey: EntryKey;
  readonly detailType: string;

  constructor(code: EventSinkErrorCode, entry: EventEntry, problem: string, options?: ErrorOptions) {
    super(code, `${entry.detailType} of ${entry.itemKey.pk}|${entry.itemKey.sk}: ${problem}`, options);
    this.itemKey = entry.itemKey;
    this.detailType = entry.detailType;
  }
}

/**
 * Per-entry codes that no repetition mends (EventBridge API reference, PutEventsResultEntry). Any other code, known or
 * not, is tried again: a lost event costs more than a late one.
 */
const REFUSED_ENTRY = new Set([
  'InvalidArgument',
  'MalformedDetail',
  'InvalidJson',
  'NotAuthorizedForDetailTypeException',
  'NotAuthorizedForSourceException',
  'ValidationException',
]);

export function entryFailure(entry: EventEntry, code: string, message: string | undefined): EventEntryError {
  const refused = REFUSED_ENTRY.has(code);
  return new EventEntryError(
    refused ? 'HYBRIDGE_SINK_ENTRY_REFUSED' : 'HYBRIDGE_SINK_ENTRY_FAILED',
    entry,
    `${code}${message === undefined ? '' : `: ${message}`}`,
  );
}

/** Failures of a whole call that trying again can mend although the service answered below 500. */
const TRANSIENT_CALL = new Set([
  'ConcurrentModificationException',
  'LimitExceededException',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'TimeoutError',
]);

/** Credentials the SDK could not load come from a service too, and it may come back. */
const WITHOUT_ANSWER_YET = new Set(['CredentialsProviderError', 'ExpiredTokenException']);

/** Wraps whatever the SDK threw. No answer, 5xx and throttling are transient, other answers permanent. */
export function callFailure(cause: unknown): EventSinkError {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const refused =
    status !== undefined && status < 500 && !TRANSIENT_CALL.has(error.name) && !WITHOUT_ANSWER_YET.has(error.name);
  return new EventSinkError(
    refused ? 'HYBRIDGE_SINK_EVENTBRIDGE_REFUSED' : 'HYBRIDGE_SINK_EVENTBRIDGE_UNAVAILABLE',
    `PutEvents: ${error.name}: ${error.message}`,
    { cause },
  );
}

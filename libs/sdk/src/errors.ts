import type { RetryClass } from '@hybridge/runtime';

/** What an error is about; what does not apply is absent. */
export interface ErrorFacts {
  readonly view: string;
  /** Key parts as given, joined with `,`. */
  readonly key?: string;
  readonly attribute?: string;
  /** What to do about it, in one sentence. */
  readonly fix?: string;
  /** When trying again may help, milliseconds from now. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export type HybridgeErrorCode =
  | 'HYBRIDGE_SDK_KEY_INVALID'
  | 'HYBRIDGE_SDK_VALUE_INVALID'
  | 'HYBRIDGE_SDK_NOT_ALLOWED'
  | 'HYBRIDGE_SDK_NOT_FOUND'
  | 'HYBRIDGE_SDK_ALREADY_EXISTS'
  | 'HYBRIDGE_SDK_PRECONDITION_FAILED'
  | 'HYBRIDGE_SDK_TOO_MANY_PENDING'
  | 'HYBRIDGE_SDK_CHANGE_ID_REUSED'
  | 'HYBRIDGE_SDK_UNCACHEABLE'
  | 'HYBRIDGE_SDK_UNSETTLED'
  | 'HYBRIDGE_SDK_VIEW_LOADING'
  | 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE'
  | 'HYBRIDGE_SDK_CHANGE_LOST'
  | 'HYBRIDGE_SDK_TOKEN_INVALID'
  | 'HYBRIDGE_SDK_CURSOR_INVALID'
  | 'HYBRIDGE_SDK_QUERY_IMPOSSIBLE';

/** Base of everything the SDK itself refuses. Errors of DynamoDB and SQL pass through with their own classes. */
export abstract class HybridgeError extends Error {
  abstract readonly code: HybridgeErrorCode;
  readonly retry: RetryClass = 'permanent';
  readonly facts: ErrorFacts;

  constructor(message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.facts = facts;
  }
}

/** The key parts do not make a key of the view. */
export class InvalidKeyError extends HybridgeError {
  override readonly name = 'InvalidKeyError';
  readonly code = 'HYBRIDGE_SDK_KEY_INVALID';
}

/** A value, or the set of attributes given, does not fit the view. */
export class InvalidValueError extends HybridgeError {
  override readonly name = 'InvalidValueError';
  readonly code = 'HYBRIDGE_SDK_VALUE_INVALID';
}

/** The view does not let customers do this. */
export class NotAllowedError extends HybridgeError {
  override readonly name = 'NotAllowedError';
  readonly code = 'HYBRIDGE_SDK_NOT_ALLOWED';
}

export class NotFoundError extends HybridgeError {
  override readonly name = 'NotFoundError';
  readonly code = 'HYBRIDGE_SDK_NOT_FOUND';
}

/** An insert found the row there already, or a deletion of it that SQL has not answered yet. */
export class AlreadyExistsError extends HybridgeError {
  override readonly name = 'AlreadyExistsError';
  readonly code = 'HYBRIDGE_SDK_ALREADY_EXISTS';
}

/** The item is no longer the one `ifMatch` names. */
export class PreconditionFailedError extends HybridgeError {
  override readonly name = 'PreconditionFailedError';
  readonly code = 'HYBRIDGE_SDK_PRECONDITION_FAILED';
}

/** The item carries as many unanswered changes as it may. Transient: SQL's answers make room. */
export class TooManyPendingError extends HybridgeError {
  override readonly name = 'TooManyPendingError';
  readonly code = 'HYBRIDGE_SDK_TOO_MANY_PENDING';
  override readonly retry = 'transient';
}

/** The change id already stands for another change of the same item. */
export class ChangeIdReusedError extends HybridgeError {
  override readonly name = 'ChangeIdReusedError';
  readonly code = 'HYBRIDGE_SDK_CHANGE_ID_REUSED';
}

/** The row cannot be held by DynamoDB, so it is read from SQL and cannot be changed here. */
export class UncacheableError extends HybridgeError {
  override readonly name = 'UncacheableError';
  readonly code = 'HYBRIDGE_SDK_UNCACHEABLE';
}

/** The item could not be filled just now: other writers kept coming first. Transient. */
export class UnsettledError extends HybridgeError {
  override readonly name = 'UnsettledError';
  readonly code = 'HYBRIDGE_SDK_UNSETTLED';
  override readonly retry = 'transient';
}

/** The view table is being loaded for the first time; until then nothing can be changed or listed. Transient. */
export class ViewLoadingError extends HybridgeError {
  override readonly name = 'ViewLoadingError';
  readonly code = 'HYBRIDGE_SDK_VIEW_LOADING';
  override readonly retry = 'transient';
}

/** The item does not have the answer, and SQL does not answer; `cause` says why. Transient. */
export class SourceUnavailableError extends HybridgeError {
  override readonly name = 'SourceUnavailableError';
  readonly code = 'HYBRIDGE_SDK_SOURCE_UNAVAILABLE';
  override readonly retry = 'transient';
}

/** A read after a change found an item that never had it: another writer removed it from DynamoDB. */
export class ChangeLostError extends HybridgeError {
  override readonly name = 'ChangeLostError';
  readonly code = 'HYBRIDGE_SDK_CHANGE_LOST';
}

/** Not a token that `change` gave out, or one of another document. */
export class InvalidTokenError extends HybridgeError {
  override readonly name = 'InvalidTokenError';
  readonly code = 'HYBRIDGE_SDK_TOKEN_INVALID';
}

/** Not a cursor that this query gave out. */
export class InvalidCursorError extends HybridgeError {
  override readonly name = 'InvalidCursorError';
  readonly code = 'HYBRIDGE_SDK_CURSOR_INVALID';
}

/** The view cannot be listed, or not like this. */
export class QueryImpossibleError extends HybridgeError {
  override readonly name = 'QueryImpossibleError';
  readonly code = 'HYBRIDGE_SDK_QUERY_IMPOSSIBLE';
}

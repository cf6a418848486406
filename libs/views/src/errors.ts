export type ViewErrorCode =
  | 'HYBRIDGE_VIEW_DEFINITION_INVALID'
  | 'HYBRIDGE_VIEW_UNKNOWN'
  | 'HYBRIDGE_VIEW_SOURCE_UNKNOWN'
  | 'HYBRIDGE_VIEW_KEY_INVALID'
  | 'HYBRIDGE_VIEW_VALUE_INVALID'
  | 'HYBRIDGE_VIEW_VALUE_UNSTORABLE'
  | 'HYBRIDGE_VIEW_COLUMN_MISSING';

/** A definition, key or value that does not fit. Permanent. */
export class ViewError extends Error {
  override readonly name = 'ViewError';
  readonly retry = 'permanent';
  readonly code: ViewErrorCode;

  constructor(code: ViewErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A change event does not tell the value its row has: SQL must be asked. */
export class LostValueError extends ViewError {
  constructor(message: string) {
    super('HYBRIDGE_VIEW_VALUE_INVALID', message);
  }
}

/** A value SQL holds and DynamoDB cannot: the row is quarantined, readers get it from SQL. */
export class UnstorableValueError extends ViewError {
  constructor(message: string) {
    super('HYBRIDGE_VIEW_VALUE_UNSTORABLE', message);
  }
}

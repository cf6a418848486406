import type { RetryClass } from '@hybridge/runtime';

export type SchemaReadErrorCode =
  /** No connection. */
  | 'HYBRIDGE_READER_SCHEMA_UNAVAILABLE'
  /** The server refused the statement: login, privilege, version. */
  | 'HYBRIDGE_READER_SCHEMA_REFUSED'
  /** The address names no kind of database that is known. */
  | 'HYBRIDGE_READER_SCHEMA_ADDRESS';

/** A database that could not be asked; `cause` is the driver's error. */
export class SchemaReadError extends Error {
  override readonly name = 'SchemaReadError';
  readonly code: SchemaReadErrorCode;
  readonly retry: RetryClass;

  constructor(code: SchemaReadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retry = code === 'HYBRIDGE_READER_SCHEMA_UNAVAILABLE' ? 'transient' : 'permanent';
  }
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);

/** An error of a statement: the server refused it and says so in an SQLSTATE, or the connection broke. */
export function queryError(cause: unknown): SchemaReadError {
  const { code, sqlState } = (cause ?? {}) as { readonly code?: unknown; readonly sqlState?: unknown };
  const isAnswer = [code, sqlState].some((state) => typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state));
  return isAnswer
    ? new SchemaReadError('HYBRIDGE_READER_SCHEMA_REFUSED', `The database refused: ${messageOf(cause)}`, { cause })
    : new SchemaReadError('HYBRIDGE_READER_SCHEMA_UNAVAILABLE', `The connection broke: ${messageOf(cause)}`, { cause });
}

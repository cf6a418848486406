export type SqlSetupErrorCode =
  | 'HYBRIDGE_SQL_CONNECTION_FAILED'
  | 'HYBRIDGE_SQL_MIGRATION_FAILED'
  | 'HYBRIDGE_SQL_TABLE_MISSING'
  | 'HYBRIDGE_SQL_DEMO_FAILED'
  | 'HYBRIDGE_SQL_FILES_MISSING';

/** The source database could not be set up. A person has to look, except where the connection failed. */
export class SqlSetupError extends Error {
  override readonly name = 'SqlSetupError';
  readonly code: SqlSetupErrorCode;
  readonly retry: 'transient' | 'permanent';

  constructor(code: SqlSetupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retry = code === 'HYBRIDGE_SQL_CONNECTION_FAILED' ? 'transient' : 'permanent';
  }
}

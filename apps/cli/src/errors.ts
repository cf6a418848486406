export type CliErrorCode = 'HYBRIDGE_CLI_USAGE' | 'HYBRIDGE_CLI_TABLE_LOADING';

/** The command was not called as it can be: nothing was done. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly retry = 'permanent';
  readonly code: CliErrorCode = 'HYBRIDGE_CLI_USAGE';
}

/** The view table is not open yet: nothing was done, and later the same command may succeed. */
export class TableLoadingError extends Error {
  override readonly name = 'TableLoadingError';
  readonly retry = 'transient';
  readonly code: CliErrorCode = 'HYBRIDGE_CLI_TABLE_LOADING';
}

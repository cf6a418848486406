export type CliErrorCode = 'HYBRIDGE_CLI_USAGE';

/** The command was not called as it can be: nothing was done. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly retry = 'permanent';
  readonly code: CliErrorCode = 'HYBRIDGE_CLI_USAGE';
}

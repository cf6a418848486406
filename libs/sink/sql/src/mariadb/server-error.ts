/** An error that a MariaDB or MySQL server sent. */
export interface ServerError {
  /** The server's own number, which says more than its SQLSTATE: most are of the general one, HY000. */
  readonly errno: number;
  readonly sqlState: string;
  readonly message: string;
}

/** Numbers below are the operating system's, or the driver's own. */
const FIRST_ERRNO = 1_000;
const GENERAL = 'HY000';

/** Undefined for errors of the connection and of the driver, and for those of other kinds of database. */
export function serverErrorOf(error: unknown): ServerError | undefined {
  const { errno, sqlState, message } = (error ?? {}) as { [field in keyof ServerError]?: unknown };
  if (typeof errno !== 'number' || errno < FIRST_ERRNO) return undefined;
  return {
    errno,
    sqlState: typeof sqlState === 'string' && sqlState.length === 5 ? sqlState : GENERAL,
    message: typeof message === 'string' ? message : '',
  };
}

/**
 * Locks not given in time and deadlocks (1205, 1213, 3572), statements cut off (1317, 1969, 3024), replication groups
 * that voted against a commit or are not ready (1047, 1180, 3101), a primary that became a replica (1290, 1792, 1836), a
 * row that changed since its snapshot (1020), and a server out of disk, memory, threads or connections, shutting down or
 * killing the connection.
 */
const TRANSIENT: ReadonlySet<number> = new Set([
  ...[1205, 1213, 3572, 1317, 1969, 3024, 1047, 1180, 3101, 1290, 1792, 1836, 1020],
  ...[1021, 1037, 1038, 1040, 1041, 1053, 1079, 1080, 1129, 1135, 1152, 1158, 1159, 1160, 1161],
  ...[1184, 1203, 1226, 1927, 3032, 3168, 4031],
]);

export const isTransient = ({ errno }: ServerError): boolean => TRANSIENT.has(errno);

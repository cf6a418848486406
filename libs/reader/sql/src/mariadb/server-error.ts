/** An error that a MariaDB or MySQL server sent. */
export interface ServerError {
  /** The server's own number, which says more than its SQLSTATE: most are of the general one, HY000. */
  readonly errno: number;
  readonly sqlState: string | undefined;
}

/** Numbers below are the operating system's, or the driver's own. */
const FIRST_ERRNO = 1_000;

/** Undefined for errors of the connection and of the driver, and for those of other kinds of database. */
export function serverErrorOf(error: unknown): ServerError | undefined {
  const { errno, sqlState } = error as { errno?: unknown; sqlState?: unknown };
  if (typeof errno !== 'number' || errno < FIRST_ERRNO) return undefined;
  return { errno, sqlState: typeof sqlState === 'string' && sqlState.length === 5 ? sqlState : undefined };
}

/** NOWAIT found a lock; or the wait for one took too long. */
const LOCKED: ReadonlySet<number> = new Set([1205, 3572]);

export const isLocked = (error: unknown): boolean => LOCKED.has(serverErrorOf(error)?.errno ?? 0);

/** Deadlock, statement interrupted, and its time limit as MariaDB and as MySQL have it. */
const TIMEOUT: ReadonlySet<number> = new Set([1213, 1317, 1969, 3024]);

/**
 * Out of disk, memory or threads, too many connections or errors of one host, server shutting down, connection killed or
 * broken, and an account that has used up what it may.
 */
const UNAVAILABLE: ReadonlySet<number> = new Set([
  ...[1021, 1037, 1038, 1040, 1041, 1053, 1079, 1080, 1129, 1135, 1152, 1158, 1159, 1160, 1161],
  ...[1184, 1203, 1226, 1927, 3032, 3168, 4031],
]);

export const isTimeout = ({ errno }: ServerError): boolean => LOCKED.has(errno) || TIMEOUT.has(errno);
export const isUnavailable = ({ errno }: ServerError): boolean => UNAVAILABLE.has(errno);

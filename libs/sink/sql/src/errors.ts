import type { RetryClass } from '@hybridge/runtime';
import { isTransient, serverErrorOf } from './mariadb/server-error.ts';
import type { Refusal } from './refusal.ts';

export type SqlSinkErrorCode = 'HYBRIDGE_SINK_SQL_FAILED';

/** SQL did not take a change for a reason that lies not in the change: nothing was recorded, it may be tried again. */
export class SqlSinkError extends Error {
  override readonly name = 'SqlSinkError';
  readonly code: SqlSinkErrorCode = 'HYBRIDGE_SINK_SQL_FAILED';
  /** SQLSTATE; undefined when the connection failed. */
  readonly sqlState: string | undefined;
  /** Permanent here means: unknown, so that trying again at once is not likely to help. */
  readonly retry: RetryClass;

  constructor(cause: unknown) {
    const sqlState = sqlStateOf(cause);
    const message = cause instanceof Error ? cause.message : String(cause);
    super(sqlState === undefined ? `SQL connection failed: ${message}` : `SQL failed (${sqlState}): ${message}`, {
      cause,
    });
    this.sqlState = sqlState;
    this.retry = (isTransientOfMariadb(cause) ?? isTransientState(sqlState)) ? 'transient' : 'permanent';
  }
}

/** Thrown inside a transaction to end it: the change is refused, and that is to be recorded in another one. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal, cause?: unknown) {
    super(refusal.message, { cause });
    this.refusal = refusal;
  }
}

/** The SQLSTATE of an error of the database; undefined for errors of the connection, whose codes look like `ECONNRESET`. */
export function sqlStateOf(error: unknown): string | undefined {
  const ofMariadb = serverErrorOf(error);
  if (ofMariadb !== undefined) return ofMariadb.sqlState;
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== 'string' || 'errno' in (error as object)) return undefined; // EPIPE looks like a SQLSTATE
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/**
 * Serialization failures and deadlocks (40), connection exceptions (08), too few resources (53), locks not available
 * (55), intervention and shutdown (57), failures of the system (58), and a primary that became a standby (25006).
 */
const TRANSIENT_CLASSES: readonly string[] = ['40', '08', '53', '55', '57', '58'];
const TRANSIENT_STATES: readonly string[] = ['25006'];

const isTransientState = (sqlState: string | undefined): boolean =>
  sqlState === undefined || TRANSIENT_CLASSES.includes(sqlState.slice(0, 2)) || TRANSIENT_STATES.includes(sqlState);

/** Undefined: not an error of such a server. */
function isTransientOfMariadb(error: unknown): boolean | undefined {
  const ofMariadb = serverErrorOf(error);
  return ofMariadb === undefined ? undefined : isTransient(ofMariadb);
}

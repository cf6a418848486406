import { types } from 'node:util';
import type { RetryClass } from '@hybridge/runtime';
import { isTimeout, isUnavailable, serverErrorOf } from './mariadb/server-error.ts';

export type SqlReadErrorCode =
  /** The budget for reads of SQL is spent; SQL was not asked. Transient, see `retryAfterMs`. */
  | 'HYBRIDGE_READER_SQL_BUSY'
  /**
   * No connection, or it broke: network, server shutting down, too many clients. Or the circuit breaker is open and SQL
   * was not asked, see `retryAfterMs`. Transient.
   */
  | 'HYBRIDGE_READER_SQL_UNAVAILABLE'
  /** The statement ran longer than allowed, or lost against a lock. Transient. */
  | 'HYBRIDGE_READER_SQL_TIMEOUT'
  /** SQL refused the statement: table or column gone, privilege missing, login refused. Permanent. */
  | 'HYBRIDGE_READER_SQL_REFUSED';

interface SqlReadFacts {
  readonly sqlState?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause: unknown;
}

/** A read of the source database that failed; `cause` is the driver's error. */
export class SqlReadError extends Error {
  override readonly name = 'SqlReadError';
  readonly code: SqlReadErrorCode;
  readonly retry: RetryClass;
  /** Five characters, when the server answered at all. */
  readonly sqlState: string | undefined;
  /** Milliseconds after which the same read may be tried again; only where SQL was not asked. */
  readonly retryAfterMs: number | undefined;

  constructor(code: SqlReadErrorCode, message: string, facts: SqlReadFacts) {
    super(message, { cause: facts.cause });
    this.code = code;
    this.retry = code === 'HYBRIDGE_READER_SQL_REFUSED' ? 'permanent' : 'transient';
    this.sqlState = facts.sqlState;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/**
 * Whether SQL could not answer now and may soon: down, too slow, or shielded by budget or breaker. Such an error says
 * nothing of the row, so what is known of it may be served. False for what stays wrong: privileges, a column gone, bugs.
 */
export const isSqlUnavailable = (error: unknown): error is SqlReadError =>
  error instanceof SqlReadError && error.retry === 'transient';

/** SQLSTATEs after which the same statement may well succeed: cancelled, lock not available, serialization, deadlock. */
const TIMEOUT_STATES: ReadonlySet<string> = new Set(['57014', '55P03', '40001', '40P01', '25P03', '57P05']);
/** Connection exceptions (08), insufficient resources (53), operator intervention (57P), system errors (58). */
const UNAVAILABLE_STATES = /^(08|53|57P|58)/;

/** Gives any error of the driver its class. Errors that are ours already pass unchanged. */
export function toSqlReadError(error: unknown, doing: string): unknown {
  if (!types.isNativeError(error) || error instanceof SqlReadError) return error;
  if (error instanceof TypeError || error instanceof RangeError) return error;
  const { code, state } = classOf(error);
  return new SqlReadError(code, `${doing}: ${error.message || error.name}`, { sqlState: state, cause: error });
}

function classOf(error: Error): { readonly code: SqlReadErrorCode; readonly state: string | undefined } {
  const mariadb = serverErrorOf(error);
  if (mariadb === undefined) return { code: codeOf(sqlStateOf(error)), state: sqlStateOf(error) };
  if (isTimeout(mariadb)) return { code: 'HYBRIDGE_READER_SQL_TIMEOUT', state: mariadb.sqlState };
  const code = isUnavailable(mariadb) ? 'HYBRIDGE_READER_SQL_UNAVAILABLE' : 'HYBRIDGE_READER_SQL_REFUSED';
  return { code, state: mariadb.sqlState };
}

function codeOf(state: string | undefined): SqlReadErrorCode {
  // Without a SQLSTATE the server never answered: sockets, name resolution and the driver's own time limits.
  if (state === undefined) return 'HYBRIDGE_READER_SQL_UNAVAILABLE';
  if (TIMEOUT_STATES.has(state)) return 'HYBRIDGE_READER_SQL_TIMEOUT';
  return UNAVAILABLE_STATES.test(state) ? 'HYBRIDGE_READER_SQL_UNAVAILABLE' : 'HYBRIDGE_READER_SQL_REFUSED';
}

/** Socket errors carry a `code` too (`ECONNREFUSED`), but never one of five characters beside a `severity`. */
function sqlStateOf(error: Error): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && severity !== undefined ? code : undefined;
}

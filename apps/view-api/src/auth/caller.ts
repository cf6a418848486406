/** Who sent a request, as its token says. */
export interface Caller {
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scopes: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  /** When the token expires, milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** A caller's name is kept with every change, also in SQL. */
const MAX_SUBJECT_LENGTH = 200;
const CONTROL_CHARACTER = /\p{Cc}|\p{Surrogate}/u;

/** The caller of verified claims; undefined when they do not name one. */
export function callerOf(claims: Readonly<Record<string, unknown>>): Caller | undefined {
  const { sub, exp, scope, roles } = claims;
  if (typeof sub !== 'string' || typeof exp !== 'number' || !isSubject(sub)) return undefined;
  return { subject: sub, claims, scopes: wordsOf(scope), roles: wordsOf(roles), expiresAtMs: exp * 1000 };
}

const isSubject = (sub: string): boolean =>
  sub !== '' && sub.length <= MAX_SUBJECT_LENGTH && !CONTROL_CHARACTER.test(sub);

/** A space-separated text (RFC 8693, `scope`) or a list of texts (RFC 9068, `roles`). */
function wordsOf(value: unknown): ReadonlySet<string> {
  if (typeof value === 'string') return new Set(value.split(' ').filter(Boolean));
  if (Array.isArray(value)) return new Set(value.filter((word) => typeof word === 'string'));
  return new Set();
}

/** Kept beside a change all the way to SQL. */
export const authorOf = (caller: Caller | undefined): string =>
  caller === undefined ? 'anonymous' : `customer:${caller.subject}`;

import { type JWTVerifyGetKey, type JWTVerifyOptions, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { ApiError, RefusedError } from '../errors.ts';
import { type Caller, callerOf } from './caller.ts';

/** How tokens are checked. A secret and a public key never serve together, so that neither passes for the other. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
}

/**
 * The caller of an `Authorization` header; undefined without one.
 * @throws RefusedError 401 for everything but a valid token; ApiError 503 when the keys cannot be had
 */
export type Authenticate = (authorization: string | undefined) => Promise<Caller | undefined>;

/** Longest token, characters: far more than an identity provider issues. */
const MAX_TOKEN_LENGTH = 8_192;
const CLOCK_TOLERANCE_SECONDS = 5;
/** Keys are fetched again after `cacheMaxAge`, and for an unknown `kid` at most once in `cooldownDuration`. */
const JWKS = { timeoutDuration: 3_000, cooldownDuration: 30_000, cacheMaxAge: 600_000 } as const;
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

export function createAuthenticate({ issuer, audience, keys }: TokenRules): Authenticate {
  const options: JWTVerifyOptions = {
    issuer,
    audience,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    algorithms: 'secret' in keys ? ['HS256'] : ['RS256', 'ES256'],
  };
  const key = keyOf(keys);
  return async (authorization) => {
    if (authorization === undefined) return undefined;
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined || token.length > MAX_TOKEN_LENGTH) throw invalidToken('not a bearer token');
    const caller = callerOf(await verified(token, key, options));
    if (caller === undefined) throw invalidToken('sub is not a name');
    return caller;
  };
}

function keyOf(keys: TokenRules['keys']): JWTVerifyGetKey {
  if ('jwksUrl' in keys) return createRemoteJWKSet(new URL(keys.jwksUrl), JWKS);
  const secret = new TextEncoder().encode(keys.secret);
  return async () => secret;
}

async function verified(token: string, key: JWTVerifyGetKey, options: JWTVerifyOptions) {
  try {
    return (await jwtVerify(token, key, options)).payload;
  } catch (error) {
    if (isFaultOfToken(error)) throw invalidToken(error.code);
    throw new ApiError('HYBRIDGE_API_UNAVAILABLE', 503, 'The keys that sign tokens cannot be had.', {
      fix: 'Try again.',
    });
  }
}

/** jose's codes of what is wrong with a token; all others say that the key set was not to be had. */
const isFaultOfToken = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JOSEError && FAULTS_OF_TOKENS.test(error.code);
const FAULTS_OF_TOKENS = /^ERR_(?:JW[TS]_|JOSE_(?:ALG_NOT_ALLOWED|NOT_SUPPORTED)|JWKS_(?:NO|MULTIPLE)_MATCHING_KEY)/;

const invalidToken = (reason: string): RefusedError =>
  new RefusedError(
    new ApiError('HYBRIDGE_API_TOKEN_INVALID', 401, 'The token is not valid here.', {
      fix: 'Send a token of the right issuer and audience that has not expired.',
    }),
    { reason, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
  );

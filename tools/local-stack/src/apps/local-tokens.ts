/** Tokens for the view-api of a local stack, which no identity provider knows. */
import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';

export const LOCAL_ISSUER = 'hybridge-local';
export const LOCAL_AUDIENCE = 'hybridge';

/** @param scopes such as `staff`; default none. @returns a token of one day */
export type TokenFor = (subject: string, scopes?: readonly string[]) => Promise<string>;

/** A secret of this run only. */
export const makeSecret = (): string => randomBytes(32).toString('base64url');

export function createTokenFor(secret: string): TokenFor {
  const key = new TextEncoder().encode(secret);
  return (subject, scopes = []) =>
    new SignJWT({ scope: scopes.join(' ') })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(subject)
      .setIssuer(LOCAL_ISSUER)
      .setAudience(LOCAL_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('1d')
      .sign(key);
}

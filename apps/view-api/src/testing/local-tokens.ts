import { SignJWT } from 'jose';
import { createAuthenticate } from '../auth/authenticate.ts';

export const SECRET = 'a secret that only tests know, of 32 bytes';
export const ISSUER = 'https://issuer.test';
export const AUDIENCE = 'hybridge-test';

export const localAuthenticate = createAuthenticate({ issuer: ISSUER, audience: AUDIENCE, keys: { secret: SECRET } });

/** A valid token of a subject. @param claims further claims, or others in place of those of a valid token */
export function tokenOf(subject: string, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sub: subject, iss: ISSUER, aud: AUDIENCE, exp: now + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
}

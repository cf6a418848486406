import { createHmac, createPublicKey } from 'node:crypto';
import { type Server, createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type JWK, type KeyLike, SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import { createAuthenticate } from './auth/authenticate.ts';
import { ask } from './testing/ask.ts';
import { AUDIENCE, ISSUER, SECRET, tokenOf } from './testing/local-tokens.ts';
import { createMemoryApi } from './testing/memory-api.ts';

const rows = { customers: [{ id: '42', credit_limit: '1', preferences: '{}' }] };
const url = '/views/customers/42';
const now = () => Math.floor(Date.now() / 1000);
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function serve(authenticate?: ReturnType<typeof createAuthenticate>): FastifyInstance {
  const { app, store } = createMemoryApi({ rows, server: authenticate === undefined ? {} : { authenticate } });
  closing.push(() => app.close());
  stores.set(app, store);
  return app;
}
const stores = new WeakMap<FastifyInstance, ReturnType<typeof createMemoryApi>['store']>();

const valid = () => ({ sub: '42', iss: ISSUER, aud: AUDIENCE, exp: now() + 600 });

function signedByHand(header: object, claims: object, secret: string, hash = 'sha256'): string {
  const content = `${base64(header)}.${base64(claims)}`;
  return `${content}.${createHmac(hash, secret).update(content).digest('base64url')}`;
}

async function expectRefused(app: FastifyInstance, token: string): Promise<void> {
  for (const [method, address] of [
    ['GET', url],
    ['GET', '/views'],
    ['DELETE', url],
  ] as const) {
    const answer = await ask(app, { method, url: address, headers: { authorization: `Bearer ${token}` }, as: null });
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'HYBRIDGE_API_TOKEN_INVALID']);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  }
  expect(stores.get(app)?.items()).toEqual([]);
}

describe('a token of a shared secret', () => {
  it('is taken when all is as it should be', async () => {
    expect((await ask(serve(), url)).statusCode).toBe(200);
    expect((await ask(serve(), { url, as: signedByHand({ alg: 'HS256' }, valid(), SECRET) })).statusCode).toBe(200);
  });

  const wrong: readonly (readonly [string, () => Promise<string> | string])[] = [
    ['is signed by another secret', () => signedByHand({ alg: 'HS256' }, valid(), 'x'.repeat(40))],
    ['is not signed', () => `${base64({ alg: 'none' })}.${base64(valid())}.`],
    ['says none and is signed', () => signedByHand({ alg: 'none' }, valid(), SECRET)],
    ['says nOnE', () => `${base64({ alg: 'nOnE' })}.${base64(valid())}.`],
    ['names an algorithm not agreed on', () => signedByHand({ alg: 'HS512' }, valid(), SECRET, 'sha512')],
    ['brings its own key', () => signedByHand({ alg: 'HS256', jwk: { kty: 'oct', k: 'eA' } }, valid(), 'x')],
    ['points to a key of its own', () => signedByHand({ alg: 'HS256', jku: 'http://127.0.0.1:1/' }, valid(), 'x')],
    ['has an extension nobody knows', () => signedByHand({ alg: 'HS256', crit: ['x'], x: 1 }, valid(), SECRET)],
    ['has expired', () => tokenOf('42', { exp: now() - 60 })],
    ['is not valid yet', () => tokenOf('42', { nbf: now() + 60 })],
    ['never expires', () => tokenOf('42', { exp: undefined })],
    ['is for another audience', () => tokenOf('42', { aud: 'another' })],
    ['is for no audience', () => tokenOf('42', { aud: undefined })],
    ['is of another issuer', () => tokenOf('42', { iss: 'https://evil.test' })],
    ['names nobody', () => tokenOf('42', { sub: undefined })],
    ['has an empty name', () => tokenOf('')],
    ['has a name of several lines', () => tokenOf('42\nadmin')],
    ['has a number for a name', () => tokenOf('42', { sub: 42 })],
    ['has a very long name', () => tokenOf('4'.repeat(201))],
    ['was changed', async () => (await tokenOf('42')).replace(/\.[^.]*\./, `.${base64({ ...valid(), sub: '43' })}.`)],
    ['is cut off', async () => (await tokenOf('42')).slice(0, -4)],
    ['is too long', () => tokenOf('42', { more: 'x'.repeat(9_000) })],
    ['is no token', () => 'abc'],
    ['is empty', () => '..'],
  ];

  it.each(wrong)('that %s is refused, and nothing is done', async (_, token) => {
    await expectRefused(serve(), await token());
  });

  it.each(['Basic NDI6NDI=', 'Bearer', 'Bearer a b', 'Token abc', ''])(
    '%s is no bearer token',
    async (authorization) => {
      const answer = await ask(serve(), { url, as: null, headers: { authorization } });
      expect(answer.statusCode).toBe(401);
    },
  );
});

describe('a token of a key set', () => {
  async function provider() {
    const rsa = await generateKeyPair('RS256', { extractable: true });
    const ec = await generateKeyPair('ES256', { extractable: true });
    const other = await generateKeyPair('RS256', { extractable: true });
    const jwk = async (key: KeyLike, kid: string, alg: string): Promise<JWK> => ({
      ...(await exportJWK(key)),
      kid,
      alg,
    });
    const keys = [await jwk(rsa.publicKey, 'r1', 'RS256'), await jwk(ec.publicKey, 'e1', 'ES256')];
    const seen = { requests: 0, fails: false };
    const server: Server = createHttpServer((_, response) => {
      seen.requests++;
      response.statusCode = seen.fails ? 500 : 200;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    const app = serve(createAuthenticate({ issuer: ISSUER, audience: AUDIENCE, keys: { jwksUrl } }));
    const sign = (key: KeyLike, header: { alg: string; kid?: string }, claims: object = valid()) =>
      new SignJWT({ ...claims }).setProtectedHeader(header).sign(key);
    return { app, rsa, ec, other, keys, seen, sign };
  }

  it('is taken for RS256 and ES256, and the keys are fetched once', async () => {
    const { app, rsa, ec, sign, seen } = await provider();
    const tokens = [
      await sign(rsa.privateKey, { alg: 'RS256', kid: 'r1' }),
      await sign(ec.privateKey, { alg: 'ES256', kid: 'e1' }),
    ];
    for (const as of [...tokens, ...tokens]) expect((await ask(app, { url, as })).statusCode).toBe(200);
    expect(seen.requests).toBe(1);
  });

  it('is refused when the public key was taken for a secret', async () => {
    const { app, rsa, keys } = await provider();
    const pem = await exportSPKI(rsa.publicKey);
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('latin1');
    for (const secret of [pem, pem.trim(), der, JSON.stringify(keys[0]), String(keys[0]?.n)]) {
      await expectRefused(app, signedByHand({ alg: 'HS256', kid: 'r1' }, valid(), secret));
      await expectRefused(app, signedByHand({ alg: 'RS256', kid: 'r1' }, valid(), secret));
    }
  });

  it('is refused without a signature, of another key, or of a key nobody published', async () => {
    const { app, rsa, ec, other, sign, seen } = await provider();
    await expectRefused(app, `${base64({ alg: 'none', kid: 'r1' })}.${base64(valid())}.`);
    await expectRefused(app, await sign(other.privateKey, { alg: 'RS256', kid: 'r1' }));
    await expectRefused(app, await sign(rsa.privateKey, { alg: 'RS256', kid: 'unknown' }));
    await expectRefused(app, await sign(rsa.privateKey, { alg: 'PS256', kid: 'r1' }));
    await expectRefused(app, await sign(ec.privateKey, { alg: 'ES256', kid: 'r1' }));
    await expectRefused(app, await sign(rsa.privateKey, { alg: 'RS256', kid: 'r1' }, { ...valid(), exp: now() - 60 }));
    expect(seen.requests).toBe(1);
  });

  it('cannot be checked while the keys cannot be had, and nobody is let in', async () => {
    const { app, rsa, sign, seen } = await provider();
    seen.fails = true;
    const as = await sign(rsa.privateKey, { alg: 'RS256', kid: 'r1' });
    const answer = await ask(app, { url, as });
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'HYBRIDGE_API_UNAVAILABLE']);
    expect(answer.headers['retry-after']).toBe('1');
    expect((await ask(app, { url: '/views', as: null })).statusCode).toBe(200);
    seen.fails = false;
    expect((await ask(app, { url, as })).statusCode).toBe(200);
  });
});

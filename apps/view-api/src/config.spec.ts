import { readConfig } from './config.ts';

const base = {
  VIEW_API_SQL_URL_SHOP: 'postgresql://localhost/shop',
  VIEW_API_SQL_URL_STOCKROOM: 'mariadb://localhost/stockroom',
  VIEW_API_JWT_ISSUER: 'https://issuer.test',
  VIEW_API_JWT_AUDIENCE: 'shop',
};
const secret = 'x'.repeat(32);

describe('readConfig', () => {
  it('takes a secret or a key set', () => {
    expect(readConfig({ ...base, VIEW_API_JWT_SECRET: secret }).tokens.keys).toEqual({ secret });
    const jwksUrl = 'https://issuer.test/jwks.json';
    expect(readConfig({ ...base, VIEW_API_JWKS_URL: jwksUrl }).tokens).toEqual({
      issuer: 'https://issuer.test',
      audience: 'shop',
      keys: { jwksUrl },
    });
  });

  it('knows the servers of each source', () => {
    const replica = 'postgresql://localhost/copy';
    const { sources } = readConfig({ ...base, VIEW_API_JWT_SECRET: secret, VIEW_API_SQL_REPLICA_URL_SHOP: replica });
    expect([...sources]).toMatchObject([
      ['shop', { primary: { url: base.VIEW_API_SQL_URL_SHOP }, replica: { url: replica } }],
      ['stockroom', { primary: { url: base.VIEW_API_SQL_URL_STOCKROOM }, replica: undefined }],
    ]);
  });

  it.each([
    [
      'no database',
      { VIEW_API_JWT_SECRET: secret, VIEW_API_SQL_URL_SHOP: undefined },
      'VIEW_API_SQL_URL_SHOP is not set',
    ],
    [
      'an unknown source',
      { VIEW_API_JWT_SECRET: secret, VIEW_API_SQL_REPLICA_URL_X: 'postgres://x' },
      'VIEW_API_SQL_REPLICA_URL_X names',
    ],
    ['no keys', {}, 'Set VIEW_API_JWKS_URL to the key set of your identity provider, or VIEW_API_JWT_SECRET'],
    ['both', { VIEW_API_JWT_SECRET: secret, VIEW_API_JWKS_URL: 'https://issuer.test/' }, 'Remove one of them'],
    ['a short secret', { VIEW_API_JWT_SECRET: 'swordfish' }, 'VIEW_API_JWT_SECRET is shorter than 32 characters'],
    ['keys over http', { VIEW_API_JWKS_URL: 'http://issuer.test/' }, 'must be https'],
    ['no issuer', { VIEW_API_JWT_SECRET: secret, VIEW_API_JWT_ISSUER: undefined }, 'VIEW_API_JWT_ISSUER is not set'],
    ['no audience', { VIEW_API_JWT_SECRET: secret, VIEW_API_JWT_AUDIENCE: '' }, 'VIEW_API_JWT_AUDIENCE'],
  ])('does not start with %s', (_, more, message) => {
    expect(() => readConfig({ ...base, ...more })).toThrow(message);
  });

  it('does not repeat a secret that is too short', () => {
    expect(() => readConfig({ ...base, VIEW_API_JWT_SECRET: 'swordfish' })).not.toThrow('swordfish');
  });
});

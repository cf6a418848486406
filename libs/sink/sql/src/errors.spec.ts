import { SqlSinkError } from './errors.ts';
import { refusalOf } from './refusal.ts';

const withCode = (code: string | undefined) => Object.assign(new Error('boom'), code === undefined ? {} : { code });

describe('errors of PostgreSQL', () => {
  it.each([
    ['23505', 'UNIQUE'],
    ['23503', 'FK'],
    ['23514', 'CHECK'],
    ['23502', 'NOT_NULL'],
    ['23P01', 'EXCLUSION'],
    ['22003', 'RANGE'],
    ['22001', 'RANGE'],
    ['22P02', 'INVALID'],
    ['P0001', 'TRIGGER'],
  ])('%s is a refusal %s', (sqlState, code) => {
    expect(refusalOf({ code: sqlState })).toMatchObject({ code });
  });

  it('names the constraint and no value', () => {
    const refusal = refusalOf({
      code: '23505',
      constraint: 'customers_email_key',
      detail: 'Key (email)=(me@example.org) already exists.',
      message: 'me@example.org',
    } as never);
    expect(refusal?.message).toContain('customers_email_key');
    expect(refusal?.message).not.toContain('example.org');
  });

  it.each(['40001', '40P01', '08006', '53300', '55P03', '57014', '57P01', '58030', '25006', 'ECONNRESET', undefined])(
    '%s is transient',
    (code) => {
      expect(refusalOf(withCode(code) as never)).toBeUndefined();
      expect(new SqlSinkError(withCode(code)).retry).toBe('transient');
    },
  );

  it.each(['42501', '42P01', '42703', 'XX000', '28P01'])('%s says nothing about the change', (code) => {
    expect(refusalOf(withCode(code) as never)).toBeUndefined();
    expect(new SqlSinkError(withCode(code))).toMatchObject({ retry: 'permanent', sqlState: code });
  });

  it('does not take an error code of the network for a SQLSTATE', () => {
    const brokenPipe = Object.assign(withCode('EPIPE'), { errno: -32 });
    expect(refusalOf(brokenPipe as never)).toBeUndefined();
    expect(new SqlSinkError(brokenPipe)).toMatchObject({ retry: 'transient', sqlState: undefined });
  });
});

import { SqlSinkError } from './errors.ts';
import { refusalOf as refusalOfMariadb } from './mariadb/refusal-of.ts';
import { refusalOf } from './postgres/refusal-of.ts';

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

describe('errors of MariaDB and MySQL', () => {
  const said = (errno: number, message = 'said no', sqlState = 'HY000') =>
    Object.assign(new Error(message), { code: 'ER_SOMETHING', errno, sqlState });

  it.each([
    [1062, '23000', `Duplicate entry 'x' for key 'y'' for key 'mail's'`, 'UNIQUE', /constraint mail's\)/],
    [1452, '23000', 'fails (`d`.`t`, CONSTRAINT `a``b` FOREIGN KEY (`x`) REFERENCES', 'FK', /constraint a`b\)/],
    [1451, '23000', 'fails (`d`.`t`, CONSTRAINT `plan` FOREIGN KEY (`x`)', 'FK', /constraint plan\)/],
    [4025, '23000', 'CONSTRAINT `not_less` failed for `d`.`t`', 'CHECK', /constraint not_less\./],
    [3819, 'HY000', `Check constraint 'not_less' is violated.`, 'CHECK', /constraint not_less\./],
    [1048, '23000', `Column 'city' cannot be null`, 'NOT_NULL', /Column city must/],
    [1364, 'HY000', `Field 'city' doesn't have a default value`, 'NOT_NULL', /Column city must/],
    [1264, '22003', 'Out of range', 'RANGE', /larger/],
    [1406, '22001', 'Data too long', 'RANGE', /larger/],
    [1366, '22007', `Incorrect integer value: 'secret'`, 'INVALID', /does not fit/],
    [1292, '22007', `Incorrect datetime value: 'secret'`, 'INVALID', /does not fit/],
    [1265, '01000', 'Data truncated', 'INVALID', /does not fit/],
    [1644, '45000', 'secret', 'TRIGGER', /refused the change\.$/],
    [1234, '45001', 'secret', 'TRIGGER', /refused the change\.$/],
  ])('%s (%s) is a refusal', (errno, sqlState, message, ...[code, shown]) => {
    const refusal = refusalOfMariadb(said(errno, message, sqlState));
    expect(refusal).toEqual({ code, message: expect.stringMatching(shown) });
    expect(refusal?.message).not.toMatch(/secret|'x'/);
  });

  it.each([1205, 1213, 1040, 1053, 1290, 1317, 1927, 1969, 3572])('%s is transient', (errno) => {
    expect(refusalOfMariadb(said(errno))).toBeUndefined();
    expect(new SqlSinkError(said(errno)).retry).toBe('transient');
  });

  it.each([1142, 1146, 1054, 1906])('%s says nothing about the change', (errno) => {
    expect(refusalOfMariadb(said(errno, 'no', '42000'))).toBeUndefined();
    expect(new SqlSinkError(said(errno, 'no', '42000'))).toMatchObject({ retry: 'permanent', sqlState: '42000' });
  });

  it('does not take an error of the driver for one of the server', () => {
    const lost = Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true });
    expect(refusalOfMariadb(lost)).toBeUndefined();
    expect(new SqlSinkError(lost)).toMatchObject({ retry: 'transient', sqlState: undefined });
  });
});

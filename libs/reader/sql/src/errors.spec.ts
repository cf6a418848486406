import { SqlReadError, toSqlReadError } from './errors.ts';

const fromServer = (code: string) => Object.assign(new Error('said no'), { code, severity: 'ERROR' });

describe('toSqlReadError', () => {
  it.each([
    ['57014', 'HYBRIDGE_READER_SQL_TIMEOUT', 'transient'],
    ['40P01', 'HYBRIDGE_READER_SQL_TIMEOUT', 'transient'],
    ['53300', 'HYBRIDGE_READER_SQL_UNAVAILABLE', 'transient'],
    ['57P03', 'HYBRIDGE_READER_SQL_UNAVAILABLE', 'transient'],
    ['08006', 'HYBRIDGE_READER_SQL_UNAVAILABLE', 'transient'],
    ['42703', 'HYBRIDGE_READER_SQL_REFUSED', 'permanent'],
    ['42501', 'HYBRIDGE_READER_SQL_REFUSED', 'permanent'],
    ['28P01', 'HYBRIDGE_READER_SQL_REFUSED', 'permanent'],
  ])('classes SQLSTATE %s as %s, %s', (state, code, retry) => {
    const error = fromServer(state);
    expect(toSqlReadError(error, 'Reading')).toMatchObject({ code, retry, sqlState: state, cause: error });
  });

  it.each([
    [1205, 'HY000', 'HYBRIDGE_READER_SQL_TIMEOUT', 'transient'],
    [1213, '40001', 'HYBRIDGE_READER_SQL_TIMEOUT', 'transient'],
    [1969, '70100', 'HYBRIDGE_READER_SQL_TIMEOUT', 'transient'],
    [1040, '08004', 'HYBRIDGE_READER_SQL_UNAVAILABLE', 'transient'],
    [1053, '08S01', 'HYBRIDGE_READER_SQL_UNAVAILABLE', 'transient'],
    [1927, '70100', 'HYBRIDGE_READER_SQL_UNAVAILABLE', 'transient'],
    [1045, '28000', 'HYBRIDGE_READER_SQL_REFUSED', 'permanent'],
    [1146, '42S02', 'HYBRIDGE_READER_SQL_REFUSED', 'permanent'],
  ])('classes error %s (%s) of MariaDB as %s, %s', (errno, sqlState, code, retry) => {
    const error = Object.assign(new Error('said no'), { code: 'ER_SOMETHING', errno, sqlState });
    expect(toSqlReadError(error, 'Reading')).toMatchObject({ code, retry, sqlState, cause: error });
  });

  it('takes an error without SQLSTATE for a broken connection', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', errno: -111 });
    expect(toSqlReadError(error, 'Reading')).toMatchObject({ retry: 'transient', sqlState: undefined });
  });

  it('leaves its own errors and programming errors alone', () => {
    const own = new SqlReadError('HYBRIDGE_READER_SQL_REFUSED', 'no', { cause: undefined });
    const bug = new TypeError('x is not a function');
    expect(toSqlReadError(own, 'Reading')).toBe(own);
    expect(toSqlReadError(bug, 'Reading')).toBe(bug);
  });
});

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

  it('takes an error without SQLSTATE for a broken connection', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(toSqlReadError(error, 'Reading')).toMatchObject({ retry: 'transient', sqlState: undefined });
  });

  it('leaves its own errors and programming errors alone', () => {
    const own = new SqlReadError('HYBRIDGE_READER_SQL_REFUSED', 'no', { cause: undefined });
    const bug = new TypeError('x is not a function');
    expect(toSqlReadError(own, 'Reading')).toBe(own);
    expect(toSqlReadError(bug, 'Reading')).toBe(bug);
  });
});

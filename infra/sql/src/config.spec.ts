import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('makes no demo unless asked', () => {
    expect(readConfig({ INFRA_SQL_URL: 'postgres://a@b/c' })).toEqual({
      url: 'postgres://a@b/c',
      source: undefined,
      demo: undefined,
    });
  });

  it('reports every problem at once', () => {
    expect(() => readConfig({ INFRA_SQL_DEMO: 'huge' })).toThrow(/INFRA_SQL_URL[^]*INFRA_SQL_DEMO is "huge"/);
  });
});

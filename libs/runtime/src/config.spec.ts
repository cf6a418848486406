import { z } from 'zod';
import { parseConfig, setting } from './config.ts';
import { ConfigError } from './errors.ts';

const schema = z.object({
  APP_PORT: setting.port(),
  APP_URL: setting.url(),
  APP_LIST: setting.list().default(['a']),
  APP_FLAG: setting.flag().optional(),
  APP_WAIT_MS: setting.milliseconds(10, 100).default(50),
  APP_NAME: setting.text().optional(),
});

describe('parseConfig', () => {
  it('reads settings, with defaults for what is not set', () => {
    const settings = parseConfig('app', schema, {
      APP_PORT: '0',
      APP_URL: 'http://x:1',
      APP_LIST: 'a, b',
      APP_FLAG: 'true',
      OTHER: 'x',
    });
    expect(settings).toEqual({
      APP_PORT: 0,
      APP_URL: 'http://x:1',
      APP_LIST: ['a', 'b'],
      APP_FLAG: true,
      APP_WAIT_MS: 50,
    });
  });

  it('reports every problem at once, each with variable and value', () => {
    const environment = { APP_PORT: '99999', APP_FLAG: 'yes', APP_WAIT_MS: '5', APP_NAME: '' };
    let problems: readonly string[] = [];
    try {
      parseConfig('app', schema, environment);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect(error).toMatchObject({ code: 'HYBRIDGE_RUNTIME_CONFIG_INVALID', retry: 'permanent' });
      problems = (error as ConfigError).problems;
      for (const problem of problems) expect((error as Error).message).toContain(problem);
    }
    expect(problems).toHaveLength(5);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'APP_PORT is "99999"',
      'APP_URL is not set',
      'APP_FLAG is "yes"',
      'APP_WAIT_MS is "5"',
      'APP_NAME is ""',
    ]);
  });

  it.each([
    ['APP_URL', 'postgresql//app:hunter2@db:5432/shop', '***@db:5432/shop'],
    ['APP_URL', 'app:hunter@2@db', '***@db'],
    ['APP_URL', 'db?password=hunter2&x=1', 'db?password=***&x=1'],
    ['APP_CLIENT_SECRET', 'hunter2', '***'],
  ])('shows no secret of %s: %s', (name, value, shown) => {
    const parse = () => parseConfig('app', z.object({ [name]: z.url().regex(/^https:/) }), { [name]: value });
    expect(parse).toThrow(`${name} is "${shown}"`);
    expect(parse).not.toThrow('hunter');
  });

  it.each(['1.5', '-1', '0x10', ' 1', '1e3', ''])('takes no "%s" for a whole number', (value) => {
    expect(() => parseConfig('app', z.object({ APP_PORT: setting.port() }), { APP_PORT: value })).toThrow(ConfigError);
  });
});

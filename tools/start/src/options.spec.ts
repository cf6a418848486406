import { httpPortOf } from './config.ts';
import { parseOptions } from './options.ts';

describe('options of npm start', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toEqual({ once: false, traffic: 0, size: 'default', form: 'auto', help: false });
  });

  it('are read', () => {
    expect(parseOptions(['--once', '--traffic', '50', '--size', 'large', '--stack', 'native'])).toMatchObject({
      once: true,
      traffic: 50,
      size: 'large',
      form: 'native',
    });
  });

  it.each([
    [['--traffic', 'much'], /--traffic is "much"/],
    [['--traffic=-1'], /--traffic is "-1"/],
    [['--size', 'huge'], /--size is "huge".*default, large/],
    [['--stack', 'podman'], /--stack is "podman".*native/],
    [['--unknown'], /--unknown/],
  ])('refuse %j, naming what is allowed', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });

  it('take the port from the environment, and name a wrong one', () => {
    expect(httpPortOf({})).toBe(28080);
    expect(httpPortOf({ HYBRIDGE_HTTP_PORT: '8081' })).toBe(8081);
    expect(() => httpPortOf({ HYBRIDGE_HTTP_PORT: 'web' })).toThrow(/HYBRIDGE_HTTP_PORT is "web"/);
  });
});

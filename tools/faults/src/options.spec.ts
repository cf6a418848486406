import { parseOptions } from './options.ts';

describe('options of a fault run', () => {
  it('have defaults and are read', () => {
    expect(parseOptions([])).toEqual({ app: 'projector', kills: 50, rate: 40, seed: 1 });
    expect(parseOptions(['--app', 'writeback', '--kills', '3'])).toMatchObject({ app: 'writeback', kills: 3 });
  });

  it.each([
    [['--app', 'inspector'], /--app is "inspector".*projector/],
    [['--kills', '0'], /--kills is "0".*1 to 1000/],
    [['--rate', 'fast'], /--rate is "fast"/],
  ])('refuse %j, naming what is allowed', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

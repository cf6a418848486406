import { WORKLOADS, parseOptions } from './options.ts';

describe('options of the customers bench', () => {
  it('runs everything at full size unless told otherwise', () => {
    expect(parseOptions([])).toEqual({ workloads: WORKLOADS, scale: 1, json: undefined });
  });

  it('keeps its own order of what is asked for', () => {
    expect(parseOptions(['--workload', 'change,sdk-hit', '--scale', '0.05', '--json', 'figures.json'])).toEqual({
      workloads: ['sdk-hit', 'change'],
      scale: 0.05,
      json: 'figures.json',
    });
  });

  it.each([
    [['--workload', 'hit'], /--workload has "hit", but must be all or some of sdk-hit/],
    [['--scale', '1.5'], /--scale is "1.5"/],
    [['--bento', 'x'], /--bento/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

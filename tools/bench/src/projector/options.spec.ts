import { WORKLOADS, parseOptions } from './options.ts';

describe('parseOptions', () => {
  it('runs everything at full size unless told otherwise', () => {
    expect(parseOptions([], {})).toMatchObject({ workloads: WORKLOADS, scale: 1, bento: undefined, json: undefined });
  });

  it('keeps its own order of what is asked for', () => {
    const options = parseOptions(['--workload', 'hot,wide', '--contender', 'bento-1,ours', '--scale', '0.1'], {});
    expect(options).toMatchObject({ workloads: ['wide', 'hot'], contenders: ['ours', 'bento-1'], scale: 0.1 });
  });

  it('takes the Bento program from the command line before the environment', () => {
    const environment = { HYBRIDGE_BENCH_BENTO: 'from-environment' };
    expect(parseOptions([], environment).bento).toBe('from-environment');
    expect(parseOptions(['--bento', 'given'], environment).bento).toBe('given');
  });

  it.each([
    [['--workload', 'deep'], /--workload has "deep", but must be all or some of wide/],
    [['--contender', 'ours,theirs'], /--contender has "theirs"/],
    [['--scale', '0'], /--scale is "0"/],
    [['--scale', 'half'], /--scale is "half"/],
    [['--scale', '2'], /at most 1/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args, {})).toThrow(message);
  });
});

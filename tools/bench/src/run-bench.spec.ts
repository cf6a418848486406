import { runBench } from './run-bench.ts';

describe('runBench', () => {
  const say = jest.fn<void, [string]>();
  const complain = jest.fn<void, [string]>();

  beforeEach(() => {
    jest.resetAllMocks();
    jest.spyOn(console, 'log').mockImplementation(say);
    jest.spyOn(console, 'error').mockImplementation(complain);
  });
  afterEach(() => jest.restoreAllMocks());

  const bench = (faults: readonly string[]) => ({
    usage: 'how to call it',
    parse: () => 'options',
    run: async (options: string) => `figures for ${options}`,
    format: (result: string) => result,
    faultsOf: () => faults,
  });

  it('prints the figures, and is content when nothing of ours is wrong', async () => {
    await expect(runBench(bench([]))).resolves.toBe(0);
    expect(say.mock.calls.flat().join()).toContain('figures for options');
    expect(complain).not.toHaveBeenCalled();
  });

  it('fails with what is wrong, after the figures', async () => {
    await expect(runBench(bench(['two queries', 'a stale row']))).resolves.toBe(1);
    expect(say).toHaveBeenCalled();
    expect(complain.mock.calls.flat()).toEqual(['failed     two queries', 'failed     a stale row']);
  });

  it('says how it is called, and measures nothing, when options are wrong', async () => {
    const run = jest.fn();
    const parse = (): never => {
      throw new Error('--scale is "2"');
    };
    await expect(runBench({ ...bench([]), parse, run })).resolves.toBe(2);
    expect(run).not.toHaveBeenCalled();
    expect(complain.mock.calls.flat().join()).toMatch(/--scale is "2"\s+how to call it/);
  });
});

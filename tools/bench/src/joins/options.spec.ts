import { parseOptions } from './options.ts';

describe('parseOptions', () => {
  it('grows to a hundred thousand items unless told otherwise', () => {
    expect(parseOptions([])).toEqual({
      sizes: [1_000, 10_000, 100_000],
      fanOuts: [1, 100, 10_000],
      changes: 200,
      rounds: 5,
      seed: 4,
      json: undefined,
    });
  });

  it('takes sizes in any order, each once', () => {
    const { sizes, fanOuts } = parseOptions(['--sizes', '1M,500,2k,500', '--fan-outs', '10,1', '--changes', '100']);
    expect([sizes, fanOuts]).toEqual([
      [500, 2_000, 1_000_000],
      [1, 10],
    ]);
  });

  it.each([
    [['--sizes', '1k,many'], /--sizes has "many", but must be whole numbers/],
    [['--sizes', '1.5k'], /--sizes has "1.5k"/],
    [['--fan-outs', '0'], /--fan-outs has "0"/],
    [['--changes', '-1'], /--changes has "-1"|argument is ambiguous/],
    [['--rounds', ''], /--rounds has ""/],
    [['--sizes', '500', '--changes', '101'], /--changes is 101, but must be at most a fifth .* here 100/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

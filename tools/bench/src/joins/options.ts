import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- joins [options]

  --sizes LIST      items of the view, growing, such as 1k,10k,1M (default 1k,10k,100k)
  --fan-outs LIST   rows that embed one row (default 1,100,10k); above 100 a job tells them
  --changes N       changes of a round (default 200)
  --rounds N        rounds of each kind of change (default 5)
  --seed N          which rows are changed (default 4)
  --json FILE       writes all figures there as JSON
`;

export interface JoinsBenchOptions {
  /** Ascending. */
  readonly sizes: readonly number[];
  /** Ascending. */
  readonly fanOuts: readonly number[];
  readonly changes: number;
  readonly rounds: number;
  readonly seed: number;
  readonly json: string | undefined;
}

/** So many of the smallest view's rows may change in one round: the others belong to parents of a fixed fan-out. */
const CHANGED_SHARE = 5;

/** @throws Error naming the option, its value and what is allowed */
export function parseOptions(args: readonly string[]): JoinsBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: '1k,10k,100k' },
      'fan-outs': { type: 'string', default: '1,100,10k' },
      changes: { type: 'string', default: '200' },
      rounds: { type: 'string', default: '5' },
      seed: { type: 'string', default: '4' },
      json: { type: 'string' },
    },
  });
  const sizes = countsIn('--sizes', values.sizes);
  const changes = countIn('--changes', values.changes);
  const most = Math.floor((sizes[0] as number) / CHANGED_SHARE);
  if (changes > most) {
    throw new Error(`--changes is ${changes}, but must be at most a fifth of the smallest of --sizes, here ${most}.`);
  }
  return {
    sizes,
    fanOuts: countsIn('--fan-outs', values['fan-outs']),
    changes,
    rounds: countIn('--rounds', values.rounds),
    seed: countIn('--seed', values.seed),
    json: values.json,
  };
}

/** Numbers with commas between them; ascending, each once. */
const countsIn = (option: string, text: string): readonly number[] =>
  [...new Set(text.split(',').map((one) => countIn(option, one)))].toSorted((a, b) => a - b);

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_000, M: 1_000_000 };

function countIn(option: string, text: string): number {
  const [, digits = '', unit = ''] = /^([1-9]\d*)([kM]?)$/.exec(text) ?? [];
  const count = Number(digits) * (UNITS[unit] as number);
  if (count > 0) return count;
  throw new Error(`${option} has "${text}", but must be whole numbers from 1 on, such as 500, 10k or 1M.`);
}

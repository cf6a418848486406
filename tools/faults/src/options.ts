import { parseArgs } from 'node:util';
import { type AppName, loopApps } from '@hybridge/local-stack';
import { scenarioNames } from './scenarios/scenarios.ts';

const ALL = 'all';

export const USAGE = `npm run faults -- [options]

  --scenario NAMES ${ALL}, or some of ${scenarioNames.join(', ')}, with commas between them (default kills)
  --seconds N      how long a scenario repeats its rounds, 0 to 86400 (default 60); kills counts instead
  --app NAME       kills: which app is killed: ${loopApps.join(', ')} (default projector)
  --kills N        kills: how often, 1 to 1000 (default 50)
  --rate N         changes a second meanwhile, 1 to 200 (default 40)
  --seed N         decides the moments, the faults and the changes (default 1)
`;

export interface FaultOptions {
  /** In the order in which they run. */
  readonly scenarios: readonly string[];
  readonly seconds: number;
  readonly app: AppName;
  readonly kills: number;
  readonly rate: number;
  readonly seed: number;
}

/** @throws Error naming the option, its value and what is allowed */
export function parseOptions(args: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string', default: 'kills' },
      seconds: { type: 'string', default: '60' },
      app: { type: 'string', default: 'projector' },
      kills: { type: 'string', default: '50' },
      rate: { type: 'string', default: '40' },
      seed: { type: 'string', default: '1' },
    },
  });
  return {
    scenarios:
      values.scenario === ALL
        ? scenarioNames
        : values.scenario.split(',').map((name) => oneOf('--scenario', name, scenarioNames, ALL)),
    seconds: wholeNumber('--seconds', values.seconds, [0, 86_400]),
    app: oneOf('--app', values.app, loopApps),
    kills: wholeNumber('--kills', values.kills, [1, 1000]),
    rate: wholeNumber('--rate', values.rate, [1, 200]),
    seed: wholeNumber('--seed', values.seed, [1, 2 ** 31]),
  };
}

function oneOf<T extends string>(option: string, text: string, allowed: readonly T[], ...others: string[]): T {
  const found = allowed.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Error(`${option} is "${text}", but must be one of ${[...allowed, ...others].join(', ')}.`);
}

function wholeNumber(option: string, text: string, [least, most]: readonly [number, number]): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${option} is "${text}", but must be a whole number from ${least} to ${most}.`);
}

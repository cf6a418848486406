import { parseArgs } from 'node:util';
import { type AppName, loopApps } from '@hybridge/local-stack';

export const USAGE = `npm run faults -- [options]

  --app NAME     which app is killed: ${loopApps.join(', ')} (default projector)
  --kills N      how often, 1 to 1000 (default 50)
  --rate N       changes a second meanwhile, 1 to 200 (default 40)
  --seed N       decides the moments and the changes (default 1)
`;

export interface FaultOptions {
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
      app: { type: 'string', default: 'projector' },
      kills: { type: 'string', default: '50' },
      rate: { type: 'string', default: '40' },
      seed: { type: 'string', default: '1' },
    },
  });
  const app = loopApps.find((name) => name === values.app);
  if (app === undefined) throw new Error(`--app is "${values.app}", but must be one of ${loopApps.join(', ')}.`);
  return {
    app,
    kills: wholeNumber('--kills', values.kills, 1000),
    rate: wholeNumber('--rate', values.rate, 200),
    seed: wholeNumber('--seed', values.seed, 2 ** 31),
  };
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new Error(`${option} is "${text}", but must be a whole number from 1 to ${max}.`);
}

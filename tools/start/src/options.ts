import { parseArgs } from 'node:util';

export const USAGE = `npm start -- [options]

  --once               play the demonstration, check its results, stop; exit 0 or 1
  --traffic N          N changes a second in the background (default 0)
  --size S             default: 1,000 customers, 500 products, 5,000 orders; large: ten times as many orders
  --stack FORM         native or compose (default: compose when a Docker engine answers)
  --help               this text
`;

export interface StartOptions {
  readonly once: boolean;
  /** Background changes a second; 0: none. */
  readonly traffic: number;
  readonly size: 'default' | 'large';
  readonly form: 'native' | 'compose' | 'auto';
  readonly help: boolean;
}

/** @throws Error naming the option, its value and what is allowed */
export function parseOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: 'boolean', default: false },
      traffic: { type: 'string', default: '0' },
      size: { type: 'string', default: 'default' },
      stack: { type: 'string', default: 'auto' },
      help: { type: 'boolean', default: false },
    },
  });
  const traffic = Number(values.traffic);
  if (!Number.isFinite(traffic) || traffic < 0 || traffic > MAX_TRAFFIC) {
    throw new Error(
      `--traffic is "${values.traffic}", but must be a number of changes a second from 0 to ${MAX_TRAFFIC}.`,
    );
  }
  return {
    once: values.once,
    help: values.help,
    traffic,
    size: oneOf('--size', values.size, ['default', 'large']),
    form: oneOf('--stack', values.stack, ['auto', 'native', 'compose']),
  };
}

const MAX_TRAFFIC = 500;

function oneOf<const T extends string>(option: string, value: string, allowed: readonly T[]): T {
  if ((allowed as readonly string[]).includes(value)) return value as T;
  throw new Error(`${option} is "${value}", but must be one of ${allowed.join(', ')}.`);
}

import { parseArgs } from 'node:util';
import { namesIn, scaleIn } from '../option-values.ts';

/** In the order in which they run. */
export const WORKLOADS = ['sdk-hit', 'api-hit', 'miss', 'one-key', 'cold', 'change'] as const;
export type CustomerWorkload = (typeof WORKLOADS)[number];

export const USAGE = `npm run bench -- customers [options]

  --workload NAMES   ${WORKLOADS.join(', ')}, several with commas, or all (default all)
  --scale N          shrinks every workload, above 0 to 1 (default 1)
  --json FILE        writes all figures there as JSON
`;

export interface CustomerBenchOptions {
  readonly workloads: readonly CustomerWorkload[];
  readonly scale: number;
  readonly json: string | undefined;
}

/** @throws Error naming the option, its value and what is allowed */
export function parseOptions(args: readonly string[]): CustomerBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      workload: { type: 'string', default: 'all' },
      scale: { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  });
  return {
    workloads: namesIn('--workload', values.workload, WORKLOADS),
    scale: scaleIn(values.scale),
    json: values.json,
  };
}

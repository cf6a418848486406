import { parseArgs } from 'node:util';
import { namesIn, scaleIn } from '../option-values.ts';
import { ContenderName } from './contenders/contender.ts';
import { WorkloadName } from './workload.ts';

/** What can be asked for; `engine` is no list of operations to write, but runs beside the others. */
export const WORKLOADS = [
  WorkloadName.wide,
  WorkloadName.firstLoad,
  WorkloadName.hot,
  WorkloadName.mixed,
  'engine',
  WorkloadName.backlog,
] as const;
export type BenchWorkload = (typeof WORKLOADS)[number];

const CONTENDERS = Object.values(ContenderName);

export const USAGE = `npm run bench -- projector [options]

  --workload NAMES   ${WORKLOADS.join(', ')}, several with commas, or all (default all)
  --contender NAMES  ${CONTENDERS.join(', ')}, several with commas, or all (default all)
  --scale N          shrinks every workload, above 0 to 1 (default 1)
  --bento FILE       a Bento program; default HYBRIDGE_BENCH_BENTO; without one its runs are skipped
  --json FILE        writes all figures there as JSON
`;

export interface ProjectorBenchOptions {
  readonly workloads: readonly BenchWorkload[];
  readonly contenders: readonly ContenderName[];
  readonly scale: number;
  readonly bento: string | undefined;
  readonly json: string | undefined;
}

/** @throws Error naming the option, its value and what is allowed */
export function parseOptions(
  args: readonly string[],
  environment: { readonly [name: string]: string | undefined },
): ProjectorBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      workload: { type: 'string', default: 'all' },
      contender: { type: 'string', default: 'all' },
      scale: { type: 'string', default: '1' },
      bento: { type: 'string' },
      json: { type: 'string' },
    },
  });
  return {
    workloads: namesIn('--workload', values.workload, WORKLOADS),
    contenders: namesIn('--contender', values.contender, CONTENDERS),
    scale: scaleIn(values.scale),
    bento: values.bento ?? environment['HYBRIDGE_BENCH_BENTO'],
    json: values.json,
  };
}

import type { CustomerWorkload } from './options.ts';
import type { Ratios } from './statistics.ts';

/** One contender over all rounds: medians of the rounds. */
export interface ComparedLine {
  readonly contender: string;
  readonly ours: boolean;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  /** Ours divided by this one, medians over the rounds; not for ours. */
  readonly oursToThis?: Ratios;
  /** Wrong answers, one text for each. */
  readonly faults: readonly string[];
}

export interface Comparison {
  readonly setting: string;
  readonly rounds: number;
  readonly callsPerRound: number;
  readonly lines: readonly ComparedLine[];
}

/** Something counted, where nothing stands beside it. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly target?: string;
}

export interface WorkloadResult {
  readonly workload: CustomerWorkload;
  readonly title: string;
  readonly comparisons: readonly Comparison[];
  readonly facts: readonly Fact[];
  /** What is needed to read the figures. */
  readonly remarks: readonly string[];
  /** What was wrong with ours beside the answers of the comparisons. */
  readonly faults: readonly string[];
}

export interface BenchResult {
  readonly machine: string;
  readonly startedAt: string;
  readonly scale: number;
  readonly workloads: readonly WorkloadResult[];
}

/** Wrong answers shown of one contender. */
const SHOWN = 3;

/** What makes the bench fail: anything of ours that is wrong. */
export const ourFaults = ({ workloads }: Pick<BenchResult, 'workloads'>): readonly string[] =>
  workloads.flatMap(({ workload, comparisons, faults }) => [
    ...faults.map((fault) => `${workload}: ${fault}`),
    ...comparisons.flatMap(({ setting, lines }) =>
      lines
        .filter((line) => line.ours && line.faults.length > 0)
        .map((line) => `${workload}, ${setting}: ${summaryOf(line.faults)}`),
    ),
  ]);

export const summaryOf = (faults: readonly string[]): string =>
  `${faults.length} wrong: ${faults.slice(0, SHOWN).join('; ')}`;

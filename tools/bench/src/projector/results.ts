import type { Comparison } from './compare.ts';
import { type ContenderName, isOurs } from './contenders/contender.ts';
import type { EngineKind } from './engine/engine-job.ts';

/** One contender on one workload. */
export interface Measured {
  readonly outcome: 'measured';
  readonly contender: ContenderName;
  /** Operations in `seconds`. */
  readonly events: number;
  /** From the first item written to the last offset committed and, of ours, the table open; for a bare loop, of its main stretch. */
  readonly seconds: number;
  /** From the start of the process; undefined for a bare loop. */
  readonly secondsFromStart?: number;
  readonly cpuSecondsPer1000: number;
  readonly dynamodbCpuSecondsPer1000: number;
  readonly peakRssBytes: number;
  readonly comparison: Comparison;
  /** For a bare loop: what was tried and chosen. */
  readonly remark?: string;
}

export interface Skipped {
  readonly outcome: 'skipped';
  readonly contender: ContenderName;
  readonly reason: string;
}

/** It ended by itself, or did not come to its end. */
export interface Failed {
  readonly outcome: 'failed';
  readonly contender: ContenderName;
  readonly reason: string;
}

export type ContenderResult = Measured | Skipped | Failed;

export interface WorkloadResult {
  readonly workload: string;
  readonly title: string;
  readonly results: readonly ContenderResult[];
}

/** The engine alone, and what bare reading reaches in the same run. */
export interface EngineResult {
  readonly workload: 'engine';
  readonly events: number;
  readonly runs: readonly EngineRun[];
}

export interface EngineRun {
  readonly kind: EngineKind;
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly peakRssBytes: number;
}

export interface BacklogResult {
  readonly workload: 'backlog';
  readonly events: number;
  readonly seconds: number;
  readonly done: number;
  readonly peakRssBytes: number;
}

export interface BenchResult {
  readonly machine: string;
  readonly startedAt: string;
  readonly scale: number;
  readonly workloads: readonly (WorkloadResult | EngineResult | BacklogResult)[];
}

export const perSecondOf = ({ events, seconds }: Pick<Measured, 'events' | 'seconds'>): number => events / seconds;

/** Conditional forms whose bare loops are the ceiling of a correct sink. */
const CONDITIONAL: readonly ContenderName[] = ['update-item', 'partiql'];

/** Rate of the best bare loop of a conditional form; undefined when none ran. */
export function ceilingOf(results: readonly ContenderResult[]): number | undefined {
  const rates = measuredOf(results)
    .filter(({ contender }) => CONDITIONAL.includes(contender))
    .map(perSecondOf);
  return rates.length === 0 ? undefined : Math.max(...rates);
}

export const measuredOf = (results: readonly ContenderResult[]): readonly Measured[] =>
  results.filter((result) => result.outcome === 'measured');

/** What makes the bench fail: anything of ours that is not as SQL says, or did not come to its end. */
export const ourFaults = ({ workloads }: Pick<BenchResult, 'workloads'>): readonly string[] =>
  workloads.flatMap((one) => ('results' in one ? faultsIn(one) : []));

const faultsIn = ({ workload, results }: WorkloadResult): readonly string[] =>
  results.flatMap((result) => {
    if (!isOurs(result.contender) || result.outcome === 'skipped') return [];
    if (result.outcome === 'failed') return [`${workload}: ${result.reason}`];
    const { stale, lost, differing } = result.comparison;
    return stale + lost + differing === 0 ? [] : [`${workload}: ${stale} stale, ${lost} lost, ${differing} differing`];
  });

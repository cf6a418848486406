import type { CustomerWorkload } from './options.ts';
import type { WorkloadResult } from './results.ts';

export interface RunContext {
  readonly scale: number;
  readonly signal: AbortSignal;
}

/** A result before anything is in it. */
export const resultOf = (
  workload: CustomerWorkload,
  title: string,
  content: Partial<Omit<WorkloadResult, 'workload' | 'title'>>,
): WorkloadResult => ({ workload, title, comparisons: [], facts: [], remarks: [], faults: [], ...content });

/** @param least so many at the smallest scale */
export const scaled = (count: number, scale: number, least: number): number =>
  Math.max(least, Math.round(count * scale));

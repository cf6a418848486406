import type { Calls } from './call-meter.ts';
import type { Expected } from './cases.ts';

/** One kind of change at one size of the view. */
export interface CaseFigures {
  readonly name: string;
  readonly view: 'joined' | 'moving';
  /** Of all rounds. */
  readonly changes: number;
  /** Rows that one change tells; undefined: none. */
  readonly fanOut: number | undefined;
  /** Changes a second, median of the rounds. */
  readonly perSecond: number;
  /** The same changes of the same rows in a view that embeds nothing. */
  readonly besidePerSecond: number;
  /** Ours to those, median of the rounds' ratios. */
  readonly ratio: number;
  /** Of all rounds. */
  readonly calls: Calls;
  readonly besideCalls: Calls;
  readonly expected: Expected;
  readonly least: number;
}

/** Jobs that bring changes of parents to many rows. */
export interface JobFigures {
  readonly fanOut: number;
  readonly jobs: number;
  readonly projectors: number;
  /** Rows told a second, median of the rounds, from the change handed over to its job gone. */
  readonly itemsPerSecond: number;
  /** Rows told, all rounds. */
  readonly items: number;
  readonly calls: Calls;
}

/** How long fresh changes of other rows take, with a job under way and without. */
export interface LatencyFigures {
  /** Rows a second that the job is allowed to tell; undefined: as many as it can. */
  readonly itemsPerSecond: number | undefined;
  readonly withoutMs: Percentiles;
  readonly withMs: Percentiles;
  /** Median of the ratios of the rounds' medians. */
  readonly ratio: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

export interface StageFigures {
  /** Items of the joined view. */
  readonly size: number;
  /** Items put for this stage, with references and base items, and how long that took. */
  readonly put: number;
  readonly putSeconds: number;
  readonly cases: readonly CaseFigures[];
  readonly jobs: readonly JobFigures[];
  readonly latencies: readonly LatencyFigures[];
  /** What was wrong with items afterwards. */
  readonly faults: readonly string[];
}

export interface JoinsResult {
  readonly machine: string;
  readonly startedAt: string;
  readonly command: string;
  readonly rounds: number;
  /** Changes of a round. */
  readonly changes: number;
  readonly seconds: number;
  readonly stages: readonly StageFigures[];
}

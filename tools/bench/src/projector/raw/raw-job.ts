import type { WorkloadName } from '../workload.ts';
import type { RawForm } from './forms.ts';

/** What the child process of a bare loop is told, as JSON in its only argument. */
export interface RawJob {
  readonly form: RawForm;
  readonly workload: WorkloadName;
  readonly scale: number;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly tableName: string;
}

/** One stretch of the loop. */
export interface RawStretch {
  readonly inFlight: number;
  readonly events: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** What it answers, as its last line of output. */
export interface RawAnswer {
  /** Short stretches that choose the number in flight. */
  readonly trials: readonly RawStretch[];
  /** The rest, with the best of them. */
  readonly main: RawStretch;
  readonly peakRssBytes: number;
}

export const perSecond = ({ events, seconds }: Pick<RawStretch, 'events' | 'seconds'>): number => events / seconds;

import type { Logger } from '@hybridge/observability';
import { type FanOutJob, type FanOutPorts, type ItemStore, JOB_LANES, jobOf, jobPartition } from '@hybridge/protocol';
import { pause, retryTransient } from '@hybridge/runtime';
import type { ProjectorMetrics } from '../metrics.ts';
import { PAGE_SIZE, carryOutJob } from './carry-job.ts';
import { createJobWatch } from './job-watch.ts';
import { createPacedStore } from './paced-store.ts';

/** Carries out what was left to jobs: a change whose row so many embed that its event is not kept waiting for them. */
export interface JobLane {
  /** Until the signal fires; also what another projector left when it ended. Never throws. */
  run(signal: AbortSignal): Promise<void>;
  /** This process raised a job. */
  wake(): void;
  /** What is going on, for `/health`. */
  notes(): readonly string[];
}

export interface JobLaneDependencies {
  /** Beside the engine: with clients of their own, so that no fresh change waits behind a job. */
  readonly ports: FanOutPorts;
  /** Whether the definitions have the rows that a parent's job tells. While others are deployed, some have not. */
  readonly knows: (parent: string) => boolean;
  readonly metrics: Pick<ProjectorMetrics, 'fanOutJobs' | 'oldestJob' | 'retries'>;
  readonly logger: Logger;
}

export interface JobLaneOptions {
  /** Writes per second, over all jobs. */
  readonly itemsPerSecond: number;
  /** Jobs side by side; default 4. */
  readonly concurrency?: number;
  /** Between looks for jobs of others, milliseconds; default 5 000. */
  readonly intervalMs?: number;
  /** How long a job of another projector has to stand still before it is taken over, milliseconds; default 5 000. */
  readonly patienceMs?: number;
}

const DEFAULTS = { concurrency: 4, intervalMs: 5_000, patienceMs: 5_000 } as const;

/** Between two looks, however many jobs are raised. */
const MIN_PAUSE_MS = 200;

/** After jobs could not be read. */
const FAILED_PAUSE_MS = 2_000;

/** Of one call, before the page it belongs to begins again. */
const CALL_RETRIES = 5;

/** Jobs of one lane that are looked at; those behind come when these are done. */
const MAX_LISTED = 1_000;

export function createJobLane(deps: JobLaneDependencies, given: JobLaneOptions): JobLane {
  const { metrics, logger } = deps;
  const { context } = deps.ports;
  const options = { ...DEFAULTS, ...given };
  // A page of a slow lane takes long, and so it does elsewhere.
  const pageMs = (options.concurrency * PAGE_SIZE * 1_000) / options.itemsPerSecond;
  const watch = createJobWatch({ patienceMs: Math.max(options.patienceMs, 2 * pageMs), nowMs: () => context.now() });
  const running = new Map<string, FanOutJob>();
  const under = new Set<Promise<void>>();
  let waiting: readonly FanOutJob[] = [];
  let isRaised = false;
  let woken = new AbortController();

  const wake = (): void => {
    isRaised = true;
    woken.abort();
  };

  const look = async (ports: FanOutPorts, signal: AbortSignal): Promise<void> => {
    const wasRaised = isRaised;
    isRaised = false;
    const jobs = (await listJobs(ports)).filter(({ parent }) => deps.knows(parent));
    metrics.fanOutJobs.set(jobs.length);
    metrics.oldestJob.set(Math.max(0, ...jobs.map(({ raisedAt }) => context.now() - raisedAt)) / 1_000);
    waiting = watch.free(jobs, wasRaised || isRaised).filter(({ parent }) => !running.has(parent));
    pump(ports, signal);
  };

  const pump = (ports: FanOutPorts, signal: AbortSignal): void => {
    while (running.size < options.concurrency && waiting.length > 0 && !signal.aborted) {
      const [job, ...rest] = waiting as [FanOutJob, ...FanOutJob[]];
      waiting = rest;
      running.set(job.parent, job);
      const carried = carry(ports, job, signal).finally(() => {
        running.delete(job.parent);
        under.delete(carried);
        pump(ports, signal);
      });
      under.add(carried);
    }
  };

  const carry = async (ports: FanOutPorts, job: FanOutJob, signal: AbortSignal): Promise<void> => {
    try {
      const left = await carryOutJob(ports, job, {
        signal,
        onPage: (it) => void running.set(it.parent, it),
        onRetry: (error, attempt) => {
          metrics.retries.inc();
          logger[attempt < 4 ? 'debug' : 'warn']({ err: error, parent: job.parent }, 'fan-out failed, trying again');
        },
      });
      if (left === undefined) watch.forget(job);
      else watch.leave(left);
    } catch (error) {
      watch.leave(job);
      if (!signal.aborted) logger.error({ err: error, parent: job.parent }, 'a fan-out job cannot go on');
    }
  };

  return {
    wake,
    notes: () => [...running.values()].map((job) => noteOf(job, context.now())),
    async run(signal) {
      const ports = pacedPorts(deps.ports, { perSecond: options.itemsPerSecond, signal, onRaised: wake });
      while (!signal.aborted) {
        woken = new AbortController();
        await look(ports, signal).catch((error: unknown) => {
          isRaised = true; // maybe it was
          logger.warn({ err: error }, 'fan-out jobs not read, trying again');
          return pause(FAILED_PAUSE_MS, signal);
        });
        await pause(MIN_PAUSE_MS, signal);
        if (!isRaised) await pause(options.intervalMs, AbortSignal.any([signal, woken.signal]));
      }
      await Promise.all(under);
    },
  };
}

/** Beginning at any lane, so that several projectors do not begin with the same job. */
async function listJobs({ partitions }: FanOutPorts): Promise<readonly FanOutJob[]> {
  const first = Math.floor(Math.random() * JOB_LANES);
  const lanes = Array.from({ length: JOB_LANES }, (_, i) => jobPartition((first + i) % JOB_LANES));
  const found = await Promise.all(lanes.map((lane) => partitions.query(lane, undefined, MAX_LISTED)));
  return found.flat().map(jobOf);
}

/**
 * Each call is tried again by itself: of a hundred one may fail most of the time, and then no page would come to its end. A
 * row that is told and is embedded itself may raise a job of its own.
 */
function pacedPorts(
  ports: FanOutPorts,
  { onRaised, ...pace }: { readonly perSecond: number; readonly signal: AbortSignal; readonly onRaised: () => void },
): FanOutPorts {
  const paced = createPacedStore(ports.store, pace);
  const again = { signal: pace.signal, maxAttempts: CALL_RETRIES };
  const retrying = <T>(call: () => Promise<T>): Promise<T> => retryTransient(call, again);
  const store: ItemStore = {
    get: (key) => retrying(() => paced.get(key)),
    async write(write) {
      const result = await retrying(() => paced.write(write));
      if (write.expression === 'raiseJob') onRaised();
      return result;
    },
  };
  return { ...ports, store };
}

const noteOf = ({ parent, visited, raisedAt }: FanOutJob, nowMs: number): string =>
  `tells ${visited.toLocaleString('en-US')} rows so far of a change of ${parent}, since ${Math.round((nowMs - raisedAt) / 1_000)} s`;

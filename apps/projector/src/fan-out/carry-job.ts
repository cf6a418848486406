import { type FanOutJob, type FanOutPorts, carryOutPage, jobOf } from '@hybridge/protocol';
import { type RetryOptions, retryTransient } from '@hybridge/runtime';
import { positionOf } from './job-watch.ts';

/** References of a page. */
export const PAGE_SIZE = 100;

export interface CarryJobOptions {
  readonly signal: AbortSignal;
  readonly onRetry: NonNullable<RetryOptions['onRetry']>;
  /** Told of the job as it stands. */
  readonly onPage: (job: FanOutJob) => void;
}

/**
 * Carries out a job, page by page.
 * @param found as it was found
 * @returns the job as it stands, if somebody else carries it out; undefined: it is done
 * @throws permanent errors of the ports; the signal's reason, or the last transient error
 */
export async function carryOutJob(
  ports: FanOutPorts,
  found: FanOutJob,
  { signal, onRetry, onPage }: CarryJobOptions,
): Promise<FanOutJob | undefined> {
  const retrying = <T>(task: () => Promise<T>): Promise<T> => retryTransient(task, { signal, onRetry });
  const read = async (): Promise<FanOutJob | undefined> => {
    const item = await retrying(() => ports.store.get(found.key));
    return item === undefined ? undefined : jobOf(item);
  };
  let job = await read();
  if (job !== undefined && positionOf(job) !== positionOf(found)) return job;
  while (job !== undefined) {
    signal.throwIfAborted();
    const before: FanOutJob = job;
    onPage(before);
    const outcome = await retrying(() => carryOutPage(ports, before, PAGE_SIZE));
    if (outcome === 'ended') return undefined;
    job = await read();
    // Also by a page of ours whose answer was lost: then nobody moves it, and it is taken up again.
    if (outcome === 'overtaken' && job?.version === before.version) return job;
  }
  return undefined;
}

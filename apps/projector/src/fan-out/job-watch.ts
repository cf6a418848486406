import type { FanOutJob } from '@hybridge/protocol';

/**
 * Which jobs this projector may take. There is no lease: a job that somebody carries out moves, and one that was left does
 * not. Two that take one at a time do one page twice, and the one that is slower lets go.
 */
export interface JobWatch {
  /**
   * @param jobs every one there is
   * @param isRaised one was raised here just now: what was not seen before is taken at once
   */
  free(jobs: readonly FanOutJob[], isRaised: boolean): readonly FanOutJob[];
  /** Somebody else carries it out, or it cannot be done now: not before it has stood still for a while. */
  leave(job: FanOutJob): void;
  /** It is done: another one of its parent is a new one. */
  forget(job: FanOutJob): void;
}

export interface JobWatchOptions {
  /** Longest time in which a job that is being carried out stands still. Milliseconds. */
  readonly patienceMs: number;
  readonly nowMs: () => number;
}

interface Seen {
  readonly at: string;
  /** Milliseconds; undefined: it is ours to take. */
  readonly since: number | undefined;
}

export function createJobWatch({ patienceMs, nowMs }: JobWatchOptions): JobWatch {
  let seen = new Map<string, Seen>();

  const look = (job: FanOutJob, isRaised: boolean): Seen => {
    const before = seen.get(job.parent);
    const at = positionOf(job);
    if (before === undefined) return { at, since: isRaised ? undefined : nowMs() };
    if (before.at !== at) return { at, since: nowMs() };
    return before.since !== undefined && nowMs() - before.since >= patienceMs ? { at, since: undefined } : before;
  };

  return {
    free(jobs, isRaised) {
      seen = new Map(jobs.map((job) => [job.parent, look(job, isRaised)]));
      return jobs.filter(({ parent }) => seen.get(parent)?.since === undefined);
    },
    leave: (job) => void seen.set(job.parent, { at: positionOf(job), since: nowMs() }),
    forget: ({ parent }) => void seen.delete(parent),
  };
}

/** Changes with every page that is noted, and with every newer version. */
export const positionOf = ({ version, leg, cursor }: FanOutJob): string => JSON.stringify([version, leg, cursor]);

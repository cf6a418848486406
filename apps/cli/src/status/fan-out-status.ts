import { type FanOutJob, JOB_LANES, type PartitionReader, jobOf, jobPartition } from '@hybridge/protocol';

/** A row whose change has still to reach items that embed it. */
export interface FanOutStatus {
  /** Partition key of its base item. */
  readonly parent: string;
  /** References visited so far. */
  readonly visited: number;
  /** A newer change came on the way: what was visited by then is visited once more. */
  readonly isRound: boolean;
  readonly ageSeconds: number;
}

export interface FanOutsStatus {
  /** Jobs that are open; `more` than were read. */
  readonly open: number;
  readonly more: boolean;
  /** The oldest of them. */
  readonly oldest: readonly FanOutStatus[];
}

/** Jobs read of a lane, and jobs shown. */
const READ_LIMIT = 1_000;
const SHOWN = 20;

/** Reads the lanes of the table, consistently. @throws as the reader */
export async function readFanOuts(partitions: PartitionReader, now: () => number): Promise<FanOutsStatus> {
  const lanes = await Promise.all(
    Array.from({ length: JOB_LANES }, (_, lane) => partitions.query(jobPartition(lane), undefined, READ_LIMIT)),
  );
  const jobs = lanes.flat().map(jobOf);
  const oldest = jobs.toSorted((a, b) => a.raisedAt - b.raisedAt).slice(0, SHOWN);
  return {
    open: jobs.length,
    more: lanes.some(({ length }) => length === READ_LIMIT),
    oldest: oldest.map((job) => statusOf(job, now())),
  };
}

const statusOf = ({ parent, visited, leg, from, raisedAt }: FanOutJob, now: number): FanOutStatus => ({
  parent,
  visited,
  isRound: leg === 'second' || from !== '',
  ageSeconds: Math.max(0, Math.round((now - raisedAt) / 1_000)),
});

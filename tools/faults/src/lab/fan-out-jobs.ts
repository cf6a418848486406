import { type FanOutJob, JOB_LANES, type PartitionReader, jobOf, jobPartition } from '@hybridge/protocol';
import { awaitCondition } from './await-condition.ts';

/** More than one parent in a hundred has at a time. */
const MOST_IN_A_LANE = 1_000;
/** A job may raise another one in a lane that was looked at before it, and end. */
const LOOKS = 2;
/** Hundreds of rows may be told at a low pace. */
const PATIENCE_MS = 240_000;

export async function jobsIn(partitions: PartitionReader): Promise<readonly FanOutJob[]> {
  const lanes = Array.from({ length: JOB_LANES }, (_, lane) => jobPartition(lane));
  const found = await Promise.all(lanes.map((lane) => partitions.query(lane, undefined, MOST_IN_A_LANE)));
  return found.flat().map(jobOf);
}

export async function awaitNoJobs(jobs: () => Promise<readonly FanOutJob[]>): Promise<void> {
  let empty = 0;
  const isOver = async (): Promise<boolean> => {
    empty = (await jobs()).length === 0 ? empty + 1 : 0;
    return empty >= LOOKS;
  };
  await awaitCondition('the end of all fan-out jobs', isOver, PATIENCE_MS);
}

import { createItemStore } from '@hybridge/sink-dynamodb';
import { median, percentile } from '../customers/statistics.ts';
import { type Grounds, chosen } from './cases.ts';
import type { LatencyFigures, Percentiles } from './figures.ts';
import { type JobGrounds, NO_PACE, anyJob, jobsEnded, renamed } from './measure-jobs.ts';

/** What `PROJECTOR_FANOUT_ITEMS_PER_SECOND` is unless it is set. */
const DEFAULT_PACE = 500;

const ROUNDS = 3;
const WINDOW_MS = 3_000;
const PER_SECOND = 50;

/** Changes of rows that have no part in a job, at a steady rate, with a job under way and without, in turns. */
export async function measureLatencies(jobs: JobGrounds, grounds: Grounds): Promise<readonly LatencyFigures[]> {
  return [await measureAtPace(jobs, grounds, DEFAULT_PACE), await measureAtPace(jobs, grounds, undefined)];
}

async function measureAtPace(
  jobs: JobGrounds,
  grounds: Grounds,
  itemsPerSecond: number | undefined,
): Promise<LatencyFigures> {
  const without: number[][] = [];
  const beside: number[][] = [];
  for (let i = 0; i < ROUNDS; i++) {
    without.push(await latencies(jobs, grounds, () => Promise.resolve(true)));
    beside.push(await latenciesBesideJob(jobs, grounds, itemsPerSecond ?? NO_PACE));
  }
  await using _ = jobs.projectors[0].startJobs(NO_PACE);
  await jobsEnded(jobs.ground, jobs.parents, jobs.signal);
  return {
    itemsPerSecond,
    withoutMs: percentilesOf(without),
    withMs: percentilesOf(beside),
    ratio: median(beside.map((round, i) => percentile(round, 0.5) / percentile(without[i] as number[], 0.5))),
  };
}

const percentilesOf = (rounds: readonly (readonly number[])[]): Percentiles => ({
  p50: median(rounds.map((round) => percentile(round, 0.5))),
  p99: median(rounds.map((round) => percentile(round, 0.99))),
});

/** The job is left as it is then; the next one goes on from there. */
async function latenciesBesideJob(jobs: JobGrounds, grounds: Grounds, itemsPerSecond: number): Promise<number[]> {
  const [projector] = jobs.projectors;
  const parents = jobs.parents.slice(0, 1);
  const store = createItemStore(jobs.ground.client, jobs.ground);
  await using _ = projector.startJobs(itemsPerSecond);
  for (const parent of parents) await projector.run([renamed(jobs.world, parent)]);
  return await latencies(jobs, grounds, () => anyJob(store, parents));
}

/** Milliseconds from a change handed over to its end, as long as `goesOn` says so: at least one, at most a window's. */
async function latencies(jobs: JobGrounds, grounds: Grounds, goesOn: () => Promise<boolean>): Promise<number[]> {
  const [projector] = jobs.projectors;
  const changes = Math.min((WINDOW_MS / 1000) * PER_SECOND, grounds.pool.length);
  const taken: Promise<number>[] = [];
  const began = performance.now();
  for (const [i, id] of chosen({ ...grounds, changes }).entries()) {
    const wait = began + (i * 1000) / PER_SECOND - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (i > 0 && i % CHECK_EVERY === 0 && !(await goesOn())) break;
    const record = grounds.world.updateOrder(id, { note: `fresh ${i}` });
    taken.push(projector.run([record]).then((seconds) => seconds * 1000));
  }
  return Promise.all(taken);
}

const CHECK_EVERY = 10;

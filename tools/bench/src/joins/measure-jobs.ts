import { type ItemStore, jobKey } from '@hybridge/protocol';
import { createItemStore } from '@hybridge/sink-dynamodb';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type ViewRelation, keyOfRow } from '@hybridge/views';
import { median } from '../customers/statistics.ts';
import type { BareProjector } from './bare-projector.ts';
import { type Calls, NO_CALLS, sumOf } from './call-meter.ts';
import type { JobFigures } from './figures.ts';
import type { Ground } from './ground.ts';
import type { Block } from './population.ts';
import { joinedOrders } from './views.ts';
import type { World } from './world.ts';

/** So many that no job ever waits for its turn. */
export const NO_PACE = 1_000_000;

const POLL_MS = 20;

/** So many jobs are measured of each setting, one after the other or side by side. */
const JOBS = 2;

export interface JobGrounds {
  readonly ground: Ground;
  readonly world: World;
  /** Two parents of the same fan-out. */
  readonly parents: readonly Block[];
  readonly projectors: readonly [BareProjector, BareProjector];
  readonly signal: AbortSignal;
}

/** One job, two jobs of one projector, and two projectors with one job each. */
export async function measureJobs(grounds: JobGrounds): Promise<readonly JobFigures[]> {
  const [first, second] = grounds.projectors;
  return [
    await measureSetting(grounds, [first]),
    await measureSetting(grounds, [first, first]),
    await measureSetting(grounds, [first, second]),
  ];
}

/** @param of who reads the change of the first parent, the second … */
async function measureSetting(grounds: JobGrounds, of: readonly BareProjector[]): Promise<JobFigures> {
  const parents = grounds.parents.slice(0, of.length);
  const items = parents.reduce((sum, { count }) => sum + count, 0);
  const rounds = JOBS / of.length;
  const rates: number[] = [];
  let calls: Calls = NO_CALLS;
  for (let i = 0; i < rounds; i++) {
    const round = await measureRound(grounds, parents, of);
    rates.push(items / round.seconds);
    calls = sumOf(calls, round.calls);
  }
  return {
    fanOut: parents[0]?.count ?? 0,
    jobs: parents.length,
    projectors: new Set(of).size,
    itemsPerSecond: median(rates),
    items: items * rounds,
    calls,
  };
}

async function measureRound(
  { ground, world, signal }: JobGrounds,
  parents: readonly Block[],
  of: readonly BareProjector[],
): Promise<{ readonly seconds: number; readonly calls: Calls }> {
  const projectors = [...new Set(of)];
  for (const projector of projectors) projector.calls();
  const lanes = projectors.map((projector) => projector.startJobs(NO_PACE));
  try {
    const began = performance.now();
    await Promise.all(parents.map((parent, i) => of[i]?.run([renamed(world, parent)])));
    await jobsEnded(ground, parents, signal);
    const seconds = (performance.now() - began) / 1000;
    return { seconds, calls: projectors.map((projector) => projector.calls()).reduce(sumOf, NO_CALLS) };
  } finally {
    for (const lane of lanes) await lane[Symbol.asyncDispose]();
  }
}

/** A change that all rows have to hear of. */
export const renamed = (world: World, { customer }: Block): ChangeRecord =>
  world.updateCustomer(customer, { name: nextName(world.customer(customer).name) });

/** A name that counts its changes. */
function nextName(name: string): string {
  const [, front = name, count = '0'] = /^(.*) no (\d+)$/.exec(name) ?? [];
  return `${front} no ${Number(count) + 1}`;
}

export async function jobsEnded(ground: Ground, parents: readonly Block[], signal: AbortSignal): Promise<void> {
  const store = createItemStore(ground.client, ground);
  while (await anyJob(store, parents)) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export async function anyJob(store: ItemStore, parents: readonly Block[]): Promise<boolean> {
  const jobs = await Promise.all(parents.map((parent) => store.get(jobKey(basePk(parent)))));
  return jobs.some((job) => job !== undefined);
}

const [CUSTOMER] = joinedOrders.relations as readonly ViewRelation[];

const basePk = ({ customer }: Block): string =>
  keyOfRow((CUSTOMER as ViewRelation).base, { id: { N: String(customer) } }).pk;

import type { Random } from '@hybridge/load';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type BareProjector, INLINE_FAN_OUT } from './bare-projector.ts';
import { type Case, type Grounds, type Newcomers, casesFor, createNewcomers } from './cases.ts';
import { check } from './check.ts';
import type { CaseFigures, StageFigures } from './figures.ts';
import type { Ground } from './ground.ts';
import { measureCase } from './measure-case.ts';
import { measureJobs } from './measure-jobs.ts';
import { measureLatencies } from './measure-latency.ts';
import type { JoinsBenchOptions } from './options.ts';
import type { Block, Population } from './population.ts';
import { type Seeder, createSeeder, putItems } from './seeder.ts';
import { catalogs } from './views.ts';
import { type World, createWorld } from './world.ts';

/** What goes on from stage to stage. */
export interface Course {
  readonly options: JoinsBenchOptions;
  readonly ground: Ground;
  readonly signal: AbortSignal;
  readonly random: Random;
  readonly population: Population;
  /** Two of the joined view: each may have a job. */
  readonly projectors: Readonly<Record<keyof typeof catalogs | 'second', BareProjector>>;
  readonly seeders: Readonly<Record<keyof typeof catalogs, Seeder>>;
  /** Orders of the joined view. */
  readonly world: World;
  /** Orders of the movable one: others, whose customers change on their own. */
  readonly movingWorld: World;
  readonly newcomers: Newcomers;
}

/** Ids of orders that are in no stage. */
const FIRST_NEWCOMER = 1_000_000_000;
const FIRST_MOVING = 2_000_000_000;

export const createSeeders = (): Course['seeders'] => ({
  joined: createSeeder(catalogs.joined),
  plain: createSeeder(catalogs.plain),
  moving: createSeeder(catalogs.moving),
});

export const createRows = () => ({
  world: createWorld(),
  movingWorld: createWorld(),
  newcomers: createNewcomers(FIRST_NEWCOMER),
});

/** Rounds that do not count: DynamoDB Local needs some thousand writes of a kind to reach its pace. */
const WARM_UP_ROUNDS = 2;

/** Grows the view to a size, and measures there. */
export async function measureStage(course: Course, size: number, isFirst: boolean): Promise<StageFigures> {
  const began = performance.now();
  const { put, grounds } = await grow(course, size, isFirst);
  const putSeconds = (performance.now() - began) / 1000;
  if (isFirst) await measureCases(course, grounds, WARM_UP_ROUNDS);
  const cases = await measureCases(course, grounds, course.options.rounds);
  const { jobs, latencies } = await measureLargest(course, grounds.joined);
  const told = course.options.fanOuts.flatMap((fanOut) => course.population.parentsOf(fanOut));
  const faults = await check(course.ground, course.world, { told, moving: course.movingWorld });
  return { size, put, putSeconds, cases, jobs, latencies, faults };
}

type GroundsOf = Readonly<Record<Case['view'], Grounds>>;

async function grow(
  course: Course,
  size: number,
  isFirst: boolean,
): Promise<{ readonly put: number; readonly grounds: GroundsOf }> {
  const { population, options, random, world, movingWorld, newcomers, seeders, ground } = course;
  const blocks = population.grow(size);
  const put = await putItems(ground, seeders.joined.itemsOf(rowsOf(world, blocks)));
  const pool = choosePool(population.fillers(), { count: options.changes * options.rounds, random });
  for (const { id, customer } of pool) world.adopt(id, customer);
  const changing = [...pool.map(({ id }) => world.seedOrder(id, 0)), ...parentsIn(course, blocks)];
  await putItems(ground, seeders.plain.itemsOf(changing));
  if (isFirst) await addMoving(course);
  const shared = { population, random, changes: options.changes, newcomers };
  return {
    put,
    grounds: {
      joined: { ...shared, world, pool: pool.map(({ id }) => id) },
      moving: { ...shared, world: movingWorld, pool: [...movingWorld.orders.keys()] },
    },
  };
}

function* rowsOf(world: World, blocks: readonly Block[]): Iterable<ChangeRecord> {
  for (const { customer, first, count } of blocks) {
    yield world.seedCustomer(customer);
    for (let i = 0; i < count; i++) yield world.seedOrder(first + i, customer);
  }
}

/** Customers that change, those of fillers left out. */
const parentsIn = ({ world, population }: Course, blocks: readonly Block[]): readonly ChangeRecord[] => {
  const fillers = new Set(population.fillers());
  return blocks.filter((block) => !fillers.has(block)).map(({ customer }) => world.seedCustomer(customer));
};

interface Chosen {
  readonly id: number;
  readonly customer: number;
}

/** Orders from all over the view, each once; all of them where there are not as many. */
function choosePool(
  blocks: readonly Block[],
  { count, random }: { readonly count: number; readonly random: Random },
): readonly Chosen[] {
  const last = blocks.at(-1)?.count ?? 0;
  const first = blocks[0]?.count ?? 0;
  const all = (blocks.length - 1) * first + last;
  const chosen = new Map<number, Chosen>();
  while (chosen.size < Math.min(count, all)) {
    const block = random.pick(blocks);
    const id = block.first + random.roll(block.count);
    chosen.set(id, { id, customer: block.customer });
  }
  return [...chosen.values()];
}

async function addMoving({ movingWorld, population, options, random, seeders, ground }: Course): Promise<void> {
  for (let i = 0; i < 2 * options.changes; i++) {
    movingWorld.adopt(FIRST_MOVING + i, random.pick(population.fillers()).customer);
  }
  const records = [...movingWorld.orders.keys()].map((id) => movingWorld.seedOrder(id, 0));
  await putItems(ground, seeders.moving.itemsOf(records));
  await putItems(ground, seeders.plain.itemsOf(records));
}

async function measureCases(course: Course, grounds: GroundsOf, rounds: number): Promise<readonly CaseFigures[]> {
  const { projectors, options, signal } = course;
  const measured: CaseFigures[] = [];
  for (const one of casesFor(options.fanOuts.filter((fanOut) => fanOut <= INLINE_FAN_OUT))) {
    signal.throwIfAborted();
    const between = { ours: projectors[one.view], beside: projectors.plain };
    const figures = await measureCase(one, grounds[one.view], between, rounds);
    if (figures !== undefined) measured.push(figures);
  }
  return measured;
}

/** Jobs, for the largest fan-out that the view has room for. */
async function measureLargest(
  { options, population, ground, world, projectors, signal }: Course,
  grounds: Grounds,
): Promise<Pick<StageFigures, 'jobs' | 'latencies'>> {
  const large = options.fanOuts.filter((fanOut) => fanOut > INLINE_FAN_OUT);
  const parents = large.map((fanOut) => population.parentsOf(fanOut)).findLast((blocks) => blocks.length > 0);
  if (parents === undefined) return { jobs: [], latencies: [] };
  const both = [projectors.joined, projectors.second] as const;
  const jobs = { ground, world, parents, projectors: both, signal };
  return { jobs: await measureJobs(jobs), latencies: await measureLatencies(jobs, grounds) };
}

import { orders as ordersView } from '@hybridge/definitions';
import { createSqlBudget } from '@hybridge/reader-sql';
import { type Hybridge, ReadSource } from '@hybridge/sdk';
import type { Grounds } from './grounds.ts';
import { type Order, orderFault } from './order.ts';
import { BUSY, type Refusals, describeRefusals, persistently } from './persistently.ts';
import { type Fact, type WorkloadResult, summaryOf } from './results.ts';
import { type Sdk, createSdk } from './sdk.ts';
import { type StatementCounter, mostWithin, startStatementCounter } from './statement-counter.ts';
import { type RunContext, resultOf, scaled } from './workload.ts';

/** Keys without items, at scale 1. */
const KEYS = 10_000;
/**
 * Those who ask for one key after another, side by side: more than may stand in line. Calls of many more would wait for
 * one of the client's 128 connections longer than DynamoDB Local lets it have one, and fail.
 */
const CALLERS = 500;
/** Statements a second that SQL is to be spared from. */
const BUDGET = 250;
const BURST = 12;
/** The connections of the pool. */
const CONCURRENCY = 10;
/** A second's worth may stand in line; the others are told when to come again. */
const MAX_WAITING = BUDGET;
const MAX_WAIT_MS = 2_000;
const GATHER_MS = 10;

type Ask = (
  hybridge: Hybridge,
  orders: readonly Order[],
  refusals: Refusals,
) => Promise<readonly (string | undefined)[]>;

interface Variant {
  readonly name: string;
  readonly gatherMs?: number;
  readonly ask: Ask;
}

const VARIANTS: readonly Variant[] = [
  { name: '`get` for each key', ask: getEach },
  { name: `\`get\` for each key, gathered for ${GATHER_MS} ms`, gatherMs: GATHER_MS, ask: getEach },
  { name: '`batchGet` of all keys', ask: batchGet },
];

const keysAt = (scale: number): number => scaled(KEYS, scale, 500);

/** The JIT compiler of DynamoDB Local needs some thousand writes. */
const warmUpAt = (scale: number): number => scaled(4_000, scale, 1_000);

/** Orders the workload takes. */
export const coldOrders = (scale: number): number => VARIANTS.length * keysAt(scale) + warmUpAt(scale);

/** Keys without items, asked for in one process with a budget for SQL. */
export async function measureCold(grounds: Grounds, { scale, signal }: RunContext): Promise<WorkloadResult> {
  const keys = keysAt(scale);
  const { host, port } = grounds.endpoints.postgres;
  await using counter = await startStatementCounter({ host, port });
  await warmUp(grounds, scale);
  const facts: Fact[] = [];
  const faults: string[] = [];
  for (const variant of VARIANTS) {
    signal.throwIfAborted();
    const measured = await measureVariant(variant, grounds, { counter, orders: await grounds.takeOrders(keys) });
    facts.push(...measured.facts);
    faults.push(...measured.faults);
  }
  const title = `${keys.toLocaleString('en-US')} keys without items, under a budget of ${BUDGET} SQL queries/s`;
  return resultOf('cold', title, {
    facts,
    remarks: [
      `\`get\` is called by ${CALLERS} callers side by side, each for one key after another.`,
      'Statements are counted on their way to PostgreSQL, by a relay between pool and server.',
      `The budget lets ${CONCURRENCY} run at once, ${MAX_WAITING} stand in line for at most ${MAX_WAIT_MS / 1_000} s, and ${BURST} more start after a pause. Whoever is refused asks again when the error says so.`,
      'Each filled key costs DynamoDB Local three calls, which bounds the time to fill where SQL does not.',
    ],
    faults,
  });
}

async function warmUp(grounds: Grounds, scale: number): Promise<void> {
  await using sdk = createSdk(grounds.site);
  await batchGet(sdk.hybridge, await grounds.takeOrders(warmUpAt(scale)), new Map());
}

async function measureVariant(
  { name, gatherMs, ask }: Variant,
  { site }: Grounds,
  { counter, orders }: { readonly counter: StatementCounter; readonly orders: readonly Order[] },
) {
  const budget = createSqlBudget({
    queriesPerSecond: BUDGET,
    burst: BURST,
    concurrency: CONCURRENCY,
    maxWaiting: MAX_WAITING,
    maxWaitMs: MAX_WAIT_MS,
  });
  const sqlUrl = new URL(site.sqlUrl);
  sqlUrl.port = String(counter.port);
  await using sdk = createSdk(
    { ...site, sqlUrl: sqlUrl.href },
    { budget, ...(gatherMs === undefined ? {} : { gatherMs }) },
  );
  const refusals: Refusals = new Map();
  counter.take();
  const began = performance.now();
  const wrong = (await ask(sdk.hybridge, orders, refusals)).filter((fault) => fault !== undefined);
  const seconds = (performance.now() - began) / 1_000;
  const times = counter.take();
  const missing = await notItems(sdk, orders);
  return {
    facts: factsOf(name, { times, seconds, refusals, missing, keys: orders.length }),
    faults: wrong.length === 0 ? [] : [`${name}: ${summaryOf(wrong)}`],
  };
}

interface ColdFigures {
  readonly times: readonly number[];
  readonly seconds: number;
  readonly refusals: Refusals;
  readonly missing: number;
  readonly keys: number;
}

function factsOf(name: string, { times, seconds, refusals, missing, keys }: ColdFigures): readonly Fact[] {
  const failures = [...refusals].filter(([reason]) => reason !== BUSY);
  const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
  return [
    { name: `${name}: statements`, value: whole(times.length) },
    {
      name: `${name}: statements/s over the whole time`,
      value: (times.length / seconds).toFixed(1),
      target: `≤ ${BUDGET}`,
    },
    {
      name: `${name}: most statements in any second`,
      value: whole(mostWithin(times, 1_000)),
      target: `≤ ${BUDGET + BURST}`,
    },
    {
      name: `${name}: until all had their answer`,
      value: `${seconds.toFixed(1)} s`,
      target: `${(times.length / BUDGET).toFixed(1)} s by the budget`,
    },
    { name: `${name}: refused by the budget and asked again`, value: whole(refusals.get(BUSY) ?? 0) },
    ...(failures.length === 0 ? [] : [{ name: `${name}: failed and asked again`, value: describeRefusals(failures) }]),
    { name: `${name}: keys without an item after it`, value: `${whole(missing)} of ${whole(keys)}` },
  ];
}

async function getEach(
  hybridge: Hybridge,
  orders: readonly Order[],
  refusals: Refusals,
): Promise<readonly (string | undefined)[]> {
  const wrong: (string | undefined)[] = [];
  const left = orders.values();
  const call = async (): Promise<void> => {
    for (const order of left) {
      const found = await persistently(() => hybridge.get(ordersView, [order.id]), refusals);
      wrong.push(orderFault(order, found?.document));
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return wrong;
}

async function batchGet(
  hybridge: Hybridge,
  orders: readonly Order[],
  refusals: Refusals,
): Promise<readonly (string | undefined)[]> {
  const keys = orders.map(({ id }) => [id] as const);
  const found = await persistently(() => hybridge.batchGet(ordersView, keys), refusals);
  return orders.map((order, i) => orderFault(order, found[i]?.document));
}

/** Keys whose next read would ask SQL again. */
async function notItems({ hybridge }: Sdk, orders: readonly Order[]): Promise<number> {
  const keys = orders.map(({ id }) => [id] as const);
  const found = await hybridge.batchGet(ordersView, keys, { consistent: true });
  return found.filter((one) => one?.source !== ReadSource.item).length;
}

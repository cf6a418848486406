/**
 * `npm run bench -- customers`: what customers' services see, beside what one writes by hand, in turns on the same real
 * parts. Prints Markdown; exit code 1 when an answer of ours is wrong, 2 for wrong options.
 */
import { writeFile } from 'node:fs/promises';
import { describeMachine } from '../projector/report.ts';
import { runBench } from '../run-bench.ts';
import { measureApiHit } from './api-hit.ts';
import { measureChange } from './change.ts';
import { coldOrders, measureCold } from './cold.ts';
import { type Grounds, startGrounds } from './grounds.ts';
import { measureMiss, missOrders } from './miss.ts';
import { measureOneKey, oneKeyOrders } from './one-key.ts';
import { type CustomerBenchOptions, type CustomerWorkload, USAGE, parseOptions } from './options.ts';
import { formatResults, formatWorkload } from './report.ts';
import { type BenchResult, type WorkloadResult, ourFaults } from './results.ts';
import { HIT_ITEMS, measureSdkHit } from './sdk-hit.ts';
import type { RunContext } from './workload.ts';

export const benchCustomers = (args: readonly string[], signal: AbortSignal): Promise<number> =>
  runBench({
    usage: USAGE,
    parse: () => parseOptions(args),
    run: (options) => run(options, signal),
    format: formatResults,
    faultsOf: ourFaults,
  });

async function run(options: CustomerBenchOptions, signal: AbortSignal): Promise<BenchResult> {
  const workloads: WorkloadResult[] = [];
  const startedAt = new Date().toISOString();
  const result: BenchResult = { machine: describeMachine(), startedAt, scale: options.scale, workloads };
  for (const name of options.workloads) {
    console.log(`measuring  ${name}`);
    const measured = await runWorkload(name, { scale: options.scale, signal });
    workloads.push(measured);
    // At once: a long run that breaks later has not been for nothing.
    console.log(`\n${formatWorkload(measured)}\n`);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
  }
  return result;
}

interface OnGrounds {
  /** Orders the workload takes. */
  readonly orders: (scale: number) => number;
  readonly measure: (grounds: Grounds, context: RunContext) => Promise<WorkloadResult>;
}

/** Each on grounds of its own: DynamoDB Local grows slower with what it has written. */
const ON_GROUNDS: Readonly<Record<Exclude<CustomerWorkload, 'change'>, OnGrounds>> = {
  'sdk-hit': { orders: () => HIT_ITEMS, measure: measureSdkHit },
  'api-hit': { orders: () => HIT_ITEMS, measure: measureApiHit },
  miss: { orders: missOrders, measure: measureMiss },
  'one-key': { orders: oneKeyOrders, measure: measureOneKey },
  cold: { orders: coldOrders, measure: measureCold },
};

async function runWorkload(name: CustomerWorkload, context: RunContext): Promise<WorkloadResult> {
  if (name === 'change') return measureChange(context);
  const { orders, measure } = ON_GROUNDS[name];
  await using grounds = await startGrounds(orders(context.scale), context.signal);
  return await measure(grounds, context);
}

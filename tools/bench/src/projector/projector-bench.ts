/**
 * `npm run bench -- projector`: ours, Bento and bare loops, one after the other on the same Kafka, each with a DynamoDB
 * Local of its own. Prints Markdown; exit code 1 when an item of ours is not as SQL says, 2 for wrong options.
 */
import { writeFile } from 'node:fs/promises';
import { createProgressView, startStack } from '@hybridge/local-stack';
import { runBench } from '../run-bench.ts';
import { measureBacklog } from './backlog.ts';
import { fillTopic } from './change-topic.ts';
import { TITLES } from './contenders/contender.ts';
import { measureEngine } from './engine/measure-engine.ts';
import { expectedState } from './expected-state.ts';
import { type Course, measure } from './measure.ts';
import { type BenchWorkload, type ProjectorBenchOptions, USAGE, parseOptions } from './options.ts';
import { describeMachine, formatAny, formatResults } from './report.ts';
import { type BenchResult, type ContenderResult, type WorkloadResult, ourFaults, perSecondOf } from './results.ts';
import { type WorkloadName, createWorkload } from './workload.ts';

export const benchProjector = (args: readonly string[], signal: AbortSignal): Promise<number> =>
  runBench({
    usage: USAGE,
    parse: () => parseOptions(args, process.env),
    run: (options) => run(options, signal),
    format: formatResults,
    faultsOf: ourFaults,
  });

async function run(options: ProjectorBenchOptions, signal: AbortSignal): Promise<BenchResult> {
  const startedAt = new Date().toISOString();
  const progress = createProgressView();
  await using stack = await startStack({
    form: 'native',
    components: ['kafka'],
    ports: 'free',
    signal,
    onProgress: progress.onProgress,
  });
  progress.close();
  const context: Context = { brokers: stack.endpoints.kafka.brokers, options, signal };
  const workloads: BenchResult['workloads'][number][] = [];
  const result: BenchResult = { machine: describeMachine(), startedAt, scale: options.scale, workloads };
  for (const name of options.workloads) {
    const measured = await runWorkload(name, context);
    workloads.push(measured);
    // At once: a long run that breaks later has not been for nothing.
    console.log(`\n${formatAny(measured)}\n`);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
  }
  return result;
}

interface Context {
  readonly brokers: readonly string[];
  readonly options: ProjectorBenchOptions;
  readonly signal: AbortSignal;
}

async function runWorkload(name: BenchWorkload, context: Context): Promise<BenchResult['workloads'][number]> {
  if (name === 'engine') {
    say('engine');
    return measureEngine(context.brokers, context.options.scale, context.signal);
  }
  const course = await prepare(name, context);
  return name === 'backlog' ? measureBacklog(course) : runContenders(course, context.options);
}

async function prepare(name: WorkloadName, { brokers, options, signal }: Context): Promise<Course> {
  const workload = createWorkload(name, options.scale);
  say(`${name}: ${workload.title}`);
  const topic = await fillTopic(brokers, workload, signal);
  return { workload, scale: options.scale, expected: expectedState(workload), topic, bento: options.bento, signal };
}

async function runContenders(course: Course, options: ProjectorBenchOptions): Promise<WorkloadResult> {
  const results: ContenderResult[] = [];
  for (const contender of options.contenders) {
    const result = await measure(contender, course);
    console.log(`           ${TITLES[contender]}: ${summary(result)}`);
    results.push(result);
  }
  return { workload: course.workload.name, title: course.workload.title, results };
}

function summary(result: ContenderResult): string {
  if (result.outcome !== 'measured') return `${result.outcome}: ${result.reason}`;
  const { stale, lost, differing } = result.comparison;
  return `${perSecondOf(result).toFixed(0)} events/s, ${stale} stale, ${lost} lost, ${differing} differing`;
}

function say(text: string): void {
  console.log(`measuring  ${text}`);
}

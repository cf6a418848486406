/**
 * `npm run bench -- joins`: changes of rows that embed others, beside the same ones in a view that embeds nothing, on one
 * DynamoDB Local, without Kafka. Prints Markdown; exit code 1 when an item is not as its row says, 2 for wrong options.
 */
import { writeFile } from 'node:fs/promises';
import { createRandom } from '@hybridge/load';
import { describeMachine } from '../projector/report.ts';
import { runBench } from '../run-bench.ts';
import { createBareProjector } from './bare-projector.ts';
import type { JoinsResult, StageFigures } from './figures.ts';
import { startGround } from './ground.ts';
import { type Course, createRows, createSeeders, measureStage } from './measure-stage.ts';
import { type JoinsBenchOptions, USAGE, parseOptions } from './options.ts';
import { createPopulation } from './population.ts';
import { formatResult, formatStage } from './report.ts';
import { catalogs } from './views.ts';

export const benchJoins = (args: readonly string[], signal: AbortSignal): Promise<number> =>
  runBench({
    usage: USAGE,
    parse: () => parseOptions(args),
    run: (options) => run(options, ['npm run bench -- joins', ...args].join(' '), signal),
    format: formatResult,
    faultsOf: ({ stages }) => stages.flatMap(({ size, faults }) => faults.map((fault) => `${size} items: ${fault}`)),
  });

async function run(options: JoinsBenchOptions, command: string, signal: AbortSignal): Promise<JoinsResult> {
  const began = performance.now();
  const startedAt = new Date().toISOString();
  const { rounds, changes } = options;
  const result = (stages: readonly StageFigures[]): JoinsResult => ({
    machine: describeMachine(),
    startedAt,
    command,
    rounds,
    changes,
    seconds: (performance.now() - began) / 1000,
    stages,
  });
  await using ground = await startGround(signal);
  await using joined = createBareProjector(ground, catalogs.joined);
  await using second = createBareProjector(ground, catalogs.joined);
  await using plain = createBareProjector(ground, catalogs.plain);
  await using moving = createBareProjector(ground, catalogs.moving);
  const course: Course = {
    options,
    ground,
    signal,
    random: createRandom(options.seed),
    population: createPopulation(options),
    projectors: { joined, second, plain, moving },
    seeders: createSeeders(),
    ...createRows(),
  };
  const stages: StageFigures[] = [];
  for (const size of options.sizes) {
    console.log(`measuring  a view of ${size.toLocaleString('en-US')} items`);
    const stage = await measureStage(course, size, stages.length === 0);
    stages.push(stage);
    // At once: a long run that breaks later has not been for nothing.
    console.log(`\n${formatStage(stage)}\n`);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(result(stages), undefined, 2)}\n`);
  }
  return result(stages);
}

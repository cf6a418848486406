/**
 * `npm run faults`: breaks the running loop under traffic, then waits until nothing is under way and checks that every
 * accepted change has exactly one answer and every item equals its row. Exit code 0 or 1; 2 for wrong options.
 */
import { createRandom } from '@hybridge/load';
import { createProgressView } from '@hybridge/local-stack';
import { renderReport } from '@hybridge/verify';
import { groupBy } from './group-by.ts';
import { type FaultLab, openFaultLab } from './lab/open-fault-lab.ts';
import type { GroundName } from './lab/grounds.ts';
import { type Scenario, type ScenarioOptions, type ScenarioResult, runScenario } from './lab/run-scenario.ts';
import { type FaultOptions, USAGE, parseOptions } from './options.ts';
import { scenarioOf } from './scenarios/scenarios.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  let options: FaultOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort(new Error('stopped')));
  const random = createRandom(options.seed);
  for (const [ground, scenarios] of groundsOf(options)) {
    const progress = createProgressView();
    await using lab = await openFaultLab({ random, ground, signal: stopping.signal, onProgress: progress.onProgress });
    progress.close();
    if (!(await runAll(lab, scenarios, { ...options, random }))) return 1;
  }
  return 0;
}

/** Each ground has a stack of its own. */
function groundsOf({ scenarios, app, kills }: FaultOptions): ReadonlyMap<GroundName, readonly Scenario[]> {
  const onKill = (count: number): void => {
    if (count % 5 === 0 || count === kills) console.log(`killed     ${app} ${count} of ${kills} times`);
  };
  const chosen = scenarios.map((name) => scenarioOf(name, { app, kills, onKill }));
  return groupBy(chosen, ({ ground = 'shop' }) => ground);
}

/** Ends at the first scenario that shows a problem: the next would only show it again. @returns whether there was none */
async function runAll(lab: FaultLab, scenarios: readonly Scenario[], options: ScenarioOptions): Promise<boolean> {
  for (const scenario of scenarios) {
    console.log(`\nscenario   ${scenario.name}: ${scenario.title}`);
    const begun = performance.now();
    const result = await runScenario(lab, scenario, options);
    console.log(`lasted     ${Math.round((performance.now() - begun) / 1_000)} s`);
    print(result);
    if (result.problems.length > 0) return false;
  }
  return true;
}

function print({ facts, traffic, accepted, writeback, comparisons, problems }: ScenarioResult): void {
  const { done, failed, repeated } = traffic;
  console.log(`happened   ${JSON.stringify(facts)}`);
  console.log(`traffic    ${JSON.stringify(done)}, ${failed} failed, ${repeated} requests repeated`);
  console.log(`changes    ${accepted.length} accepted; SQL of the writeback: ${JSON.stringify(writeback)}`);
  console.log(renderReport(comparisons));
  console.log(problems.length === 0 ? 'The views say what SQL says.' : `WRONG      ${problems.join('\nWRONG      ')}`);
}

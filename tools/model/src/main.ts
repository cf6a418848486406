/**
 * Explores the protocol and says what was found. Ends with 1 when the shipped design has a violation, a naive design
 * has none, or a clause has changed its class.
 *
 *   main.ts                 all configurations, naive designs, all clauses (minutes)
 *   main.ts --short         what the tests explore (seconds)
 *   main.ts F03 N07         only these, with the trace of each violation
 */
import { check } from './checker/check.ts';
import type { Verdict } from './checker/model.ts';
import { CLAUSES, isNeeded } from './explore/clause-classes.ts';
import { mutantsOf } from './explore/clauses.ts';
import { CONFIGURATIONS, SHORT_CONFIGURATIONS, labelOf } from './explore/configurations.ts';
import { expressionsSent, findCounterexample } from './explore/mutations.ts';
import { NAIVE_DESIGNS } from './explore/naive-designs.ts';
import { exploreJoins } from './join/explore-joins.ts';
import { HEADING, reportLine, traceLines } from './report.ts';
import { type Configuration } from './row/configuration.ts';
import { type Design, SHIPPED } from './row/design.ts';
import { createRowModel } from './row/row-model.ts';

const MAX_STATES = 4_000_000;

const labels = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const short = process.argv.includes('--short');
const isWanted = ({ name }: Pick<Configuration, 'name'>): boolean =>
  labels.length === 0 || labels.includes(name.slice(0, name.indexOf(' ')));

function run(configuration: Configuration, design: Design): Verdict {
  const start = performance.now();
  const verdict = check(createRowModel(configuration, design), { maxStates: MAX_STATES });
  console.log(reportLine(configuration.name, verdict, (performance.now() - start) / 1000));
  return verdict;
}

/** @returns surprises */
function exploreShipped(): number {
  console.log(`\nThe shipped design: nothing may be found\n${HEADING}`);
  const verdicts = (short ? SHORT_CONFIGURATIONS : CONFIGURATIONS).filter(isWanted).map((configuration) => {
    const verdict = run(configuration, SHIPPED);
    if (verdict.violation !== undefined) console.log(traceLines(verdict));
    return verdict;
  });
  const sum = (of: (verdict: Verdict) => number): string =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0).toLocaleString('en');
  console.log(`${verdicts.length} configurations, ${sum((v) => v.states)} states, ${sum((v) => v.transitions)} steps`);
  return verdicts.filter((verdict) => verdict.violation !== undefined || !verdict.complete).length;
}

/** @returns surprises */
function exploreNaive(): number {
  console.log(`\nNaive designs: each must fail\n${HEADING}`);
  return NAIVE_DESIGNS.filter(({ configuration }) => isWanted(configuration)).filter(({ configuration, design }) => {
    const verdict = run(configuration, design);
    console.log(traceLines(verdict));
    return verdict.violation === undefined;
  }).length;
}

/** @returns surprises */
function exploreClauses(): number {
  console.log('\nEvery condition without each of its clauses');
  const explored = SHORT_CONFIGURATIONS.map((configuration) => ({
    configuration,
    sent: expressionsSent(configuration),
  }));
  return mutantsOf().filter((mutant) => {
    const found = findCounterexample(mutant, explored);
    const message = found?.verdict.violation?.message ?? 'no counterexample in the configurations explored';
    const asListed = isNeeded(mutant.name) === (found !== undefined);
    const where = found === undefined ? (CLAUSES[mutant.name] ?? 'defence') : labelOf(found.configuration);
    console.log(`${mutant.name.padEnd(76)} ${where.padEnd(12)} ${message}${asListed ? '' : '   <- listed otherwise'}`);
    return !asListed;
  }).length;
}

const isPart = short || labels.length > 0;
const surprises =
  exploreShipped() +
  exploreNaive() +
  (isPart ? 0 : exploreClauses()) +
  exploreJoins({ short, clauses: !isPart, isWanted });
console.log(surprises === 0 ? '\nAll as expected.' : `\n${surprises} of them not as expected.`);
process.exitCode = surprises === 0 ? 0 : 1;

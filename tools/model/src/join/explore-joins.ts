import { check } from '../checker/check.ts';
import type { Model, Verdict } from '../checker/model.ts';
import { ClauseClass } from '../explore/clause-classes.ts';
import { HEADING, reportLine, traceLines } from '../report.ts';
import { JOIN_CLAUSES, JOIN_MUTANTS, violationWithout } from './join-clauses.ts';
import { JOIN_CONFIGURATIONS, SHORT_JOIN_CONFIGURATIONS } from './join-configurations.ts';
import { createJoinModel } from './join-model.ts';
import { MOVE_CONFIGURATIONS, NAIVE_MOVES, SHORT_MOVE_CONFIGURATIONS } from './move-designs.ts';
import { createMoveModel } from './move-model.ts';
import { NAIVE_JOINS } from './naive-joins.ts';

const MAX_STATES = 1_000_000;

interface Named {
  readonly name: string;
}

export interface Exploration {
  readonly short: boolean;
  /** Whether to explore what becomes of every condition without each of its clauses. */
  readonly clauses: boolean;
  /** Whether a configuration is asked for. */
  readonly isWanted: (configuration: Named) => boolean;
}

/** Joins and moves, as the row's configurations. @returns surprises */
export const exploreJoins = (exploration: Exploration): number =>
  exploreShipped(exploration) + exploreNaive(exploration) + (exploration.clauses ? exploreClauses() : 0);

function run<State>(name: string, model: Model<State>): Verdict {
  const start = performance.now();
  const verdict = check(model, { maxStates: MAX_STATES });
  console.log(reportLine(name, verdict, (performance.now() - start) / 1000));
  if (verdict.violation !== undefined) console.log(traceLines(verdict));
  return verdict;
}

function exploreShipped({ short, isWanted }: Exploration): number {
  console.log(`\nJoins and moves as shipped: nothing may be found\n${HEADING}`);
  const joins = (short ? SHORT_JOIN_CONFIGURATIONS : JOIN_CONFIGURATIONS).filter(isWanted);
  const verdicts = [
    ...joins.map((configuration) => run(configuration.name, createJoinModel(configuration))),
    ...(short ? SHORT_MOVE_CONFIGURATIONS : MOVE_CONFIGURATIONS)
      .filter(isWanted)
      .map((configuration) => run(configuration.name, createMoveModel(configuration))),
  ];
  const states = verdicts.reduce((sum, verdict) => sum + verdict.states, 0).toLocaleString('en');
  console.log(`${verdicts.length} configurations, ${states} states`);
  return verdicts.filter(({ violation, complete }) => violation !== undefined || !complete).length;
}

function exploreNaive({ isWanted }: Exploration): number {
  console.log(`\nNaive joins and moves: each must fail\n${HEADING}`);
  const verdicts = [
    ...NAIVE_JOINS.filter(({ configuration }) => isWanted(configuration)).map(({ configuration, design }) =>
      run(configuration.name, createJoinModel(configuration, design)),
    ),
    ...NAIVE_MOVES.filter(({ configuration }) => isWanted(configuration)).map(({ configuration, design }) =>
      run(configuration.name, createMoveModel(configuration, design)),
    ),
  ];
  return verdicts.filter(({ violation }) => violation === undefined).length;
}

/** What is explored without each clause: small, and something of everything. */
export const CLAUSE_CONFIGURATIONS = [
  ...NAIVE_MOVES.map(({ configuration }) => configuration),
  ...NAIVE_JOINS.map(({ configuration }) => configuration),
  ...SHORT_JOIN_CONFIGURATIONS,
];

function exploreClauses(): number {
  console.log('\nEvery condition of a join without each of its clauses');
  return JOIN_MUTANTS.filter((mutant) => {
    const found = CLAUSE_CONFIGURATIONS.find((configuration) => violationWithout(mutant, configuration) !== undefined);
    const asListed = (JOIN_CLAUSES[mutant.name] === ClauseClass.defence) === (found === undefined);
    const where = found === undefined ? ClauseClass.defence : found.name.slice(0, 3);
    console.log(`${mutant.name.padEnd(92)} ${where}${asListed ? '' : '   <- listed otherwise'}`);
    return !asListed;
  }).length;
}

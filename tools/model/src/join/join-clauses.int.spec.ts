import { ClauseClass } from '../explore/clause-classes.ts';
import { CLAUSE_CONFIGURATIONS } from './explore-joins.ts';
import { JOIN_CLAUSES, JOIN_MUTANTS, violationWithout } from './join-clauses.ts';

const needed = JOIN_MUTANTS.filter(({ name }) => JOIN_CLAUSES[name] !== ClauseClass.defence);

describe('joins without a clause', () => {
  it.each(needed.map((mutant) => [mutant.name, mutant] as const))('fail without %s', (name, mutant) => {
    const configuration = CLAUSE_CONFIGURATIONS.find((one) => one.name.startsWith(`${JOIN_CLAUSES[name]} `));
    if (configuration === undefined) throw new Error(`${JOIN_CLAUSES[name]} is no configuration.`);
    expect(violationWithout(mutant, configuration)).toBeDefined();
  });

  it('are listed with every clause that they have', () => {
    expect(Object.keys(JOIN_CLAUSES).sort()).toEqual(JOIN_MUTANTS.map(({ name }) => name).sort());
  });
});

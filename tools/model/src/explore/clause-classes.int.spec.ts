import { CLAUSES, isNeeded } from './clause-classes.ts';
import { mutantsOf } from './clauses.ts';
import { CONFIGURATIONS, labelOf } from './configurations.ts';
import { checkMutant } from './mutations.ts';

const needed = mutantsOf().filter(({ name }) => isNeeded(name));

describe('the protocol without a clause', () => {
  it.each(needed.map((mutant) => [mutant.name, mutant] as const))('fails without %s', (name, mutant) => {
    const configuration = CONFIGURATIONS.find((one) => labelOf(one) === CLAUSES[name]);
    if (configuration === undefined) throw new Error(`${CLAUSES[name]} is no configuration.`);
    expect(checkMutant(mutant, configuration).violation?.message).toBeDefined();
  });
});

import type { Write } from '@hybridge/protocol';
import { check } from '../checker/check.ts';
import type { Verdict } from '../checker/model.ts';
import type { Configuration } from '../row/configuration.ts';
import { type Design, SHIPPED } from '../row/design.ts';
import { createRowModel } from '../row/row-model.ts';
import type { Mutant } from './clauses.ts';

/** More than any of the configurations has: without the clause there may be many more states, or no end of them. */
const MAX_STATES = 150_000;

/** The shipped design with one condition exchanged. */
export const mutated = (mutant: Mutant): Design => ({
  ...SHIPPED,
  conditionOf: (write) => (write.expression === mutant.expression ? mutant.condition : write.condition),
});

export const checkMutant = (mutant: Mutant, configuration: Configuration): Verdict =>
  check(createRowModel(configuration, mutated(mutant)), { maxStates: MAX_STATES });

/** The expressions that are sent at all in a configuration: to change another one changes nothing. */
export function expressionsSent(configuration: Configuration): ReadonlySet<Write['expression']> {
  const sent = new Set<Write['expression']>();
  const design: Design = {
    ...SHIPPED,
    conditionOf: (write) => {
      sent.add(write.expression);
      return write.condition;
    },
  };
  check(createRowModel(configuration, design), { maxStates: MAX_STATES });
  return sent;
}

/** The first configuration in which the protocol fails without the clause; undefined when there is none. */
export function findCounterexample(
  mutant: Mutant,
  configurations: readonly { readonly configuration: Configuration; readonly sent: ReadonlySet<Write['expression']> }[],
): { readonly configuration: Configuration; readonly verdict: Verdict } | undefined {
  for (const { configuration, sent } of configurations) {
    if (!sent.has(mutant.expression)) continue;
    const verdict = checkMutant(mutant, configuration);
    if (verdict.violation !== undefined) return { configuration, verdict };
  }
  return undefined;
}

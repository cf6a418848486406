import { check } from '../checker/check.ts';
import { SHIPPED } from '../row/design.ts';
import { createRowModel } from '../row/row-model.ts';
import { NAIVE_DESIGNS } from './naive-designs.ts';

/** N27 fails with the shipped decisions too: only the SDK, which fills first, keeps it from happening. */
const OPEN = 'N27';

describe.each(NAIVE_DESIGNS.map(({ design, configuration }) => ({ name: configuration.name, design, configuration })))(
  '$name',
  ({ name, design, configuration }) => {
    it('fails, and says how', () => {
      const { violation } = check(createRowModel(configuration, design), { maxStates: 50_000 });
      expect(violation?.message).toBeDefined();
      expect(violation?.trace.length).toBeGreaterThan(2);
    });

    const rule = name.startsWith(OPEN) ? it.failing : it;
    rule('does not fail as shipped', () => {
      const verdict = check(createRowModel(configuration, name.startsWith(OPEN) ? design : SHIPPED));
      expect(verdict).toMatchObject({ violation: undefined, complete: true });
    });
  },
);

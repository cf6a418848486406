import { check } from '../checker/check.ts';
import { SHIPPED } from '../row/design.ts';
import { createRowModel } from '../row/row-model.ts';
import { NAIVE_DESIGNS } from './naive-designs.ts';

describe.each(NAIVE_DESIGNS.map(({ design, configuration }) => ({ name: configuration.name, design, configuration })))(
  '$name',
  ({ design, configuration }) => {
    it('fails, and says how', () => {
      const { violation } = check(createRowModel(configuration, design), { maxStates: 50_000 });
      expect(violation?.message).toBeDefined();
      expect(violation?.trace.length).toBeGreaterThan(2);
    });

    it('does not fail as shipped', () => {
      const verdict = check(createRowModel(configuration, SHIPPED));
      expect(verdict).toMatchObject({ violation: undefined, complete: true });
    });
  },
);

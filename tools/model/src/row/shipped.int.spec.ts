import { check } from '../checker/check.ts';
import { SHORT_CONFIGURATIONS } from '../explore/configurations.ts';
import { createRowModel } from './row-model.ts';

describe('the shipped design', () => {
  it.each(SHORT_CONFIGURATIONS.map((configuration) => [configuration.name, configuration] as const))(
    'has no violation: %s',
    (_name, configuration) => {
      const verdict = check(createRowModel(configuration));
      expect(verdict).toMatchObject({ violation: undefined, complete: true });
      expect(verdict.drained).toBeGreaterThan(1);
    },
  );
});

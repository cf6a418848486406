import { check } from '../checker/check.ts';
import { SHORT_JOIN_CONFIGURATIONS } from './join-configurations.ts';
import { createJoinModel } from './join-model.ts';
import { SHORT_MOVE_CONFIGURATIONS } from './move-designs.ts';
import { createMoveModel } from './move-model.ts';

describe('joins as shipped', () => {
  it.each(SHORT_JOIN_CONFIGURATIONS.map((configuration) => [configuration.name, configuration] as const))(
    'have no violation: %s',
    (_name, configuration) => {
      const verdict = check(createJoinModel(configuration));
      expect(verdict).toMatchObject({ violation: undefined, complete: true });
      expect(verdict.drained).toBeGreaterThan(1);
    },
  );
});

describe('moves as shipped', () => {
  it.each(SHORT_MOVE_CONFIGURATIONS.map((configuration) => [configuration.name, configuration] as const))(
    'have no violation: %s',
    (_name, configuration) => {
      const verdict = check(createMoveModel(configuration));
      expect(verdict).toMatchObject({ violation: undefined, complete: true });
      expect(verdict.drained).toBeGreaterThan(1);
    },
  );
});

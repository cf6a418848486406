import { check } from '../checker/check.ts';
import type { Model, Verdict } from '../checker/model.ts';
import { createJoinModel } from './join-model.ts';
import { NAIVE_MOVES } from './move-designs.ts';
import { createMoveModel } from './move-model.ts';
import { NAIVE_JOINS } from './naive-joins.ts';

const explored = <State>(model: Model<State>): Verdict => check(model, { maxStates: 50_000 });

const cases = [
  ...NAIVE_JOINS.map(({ configuration, design }) => ({
    name: configuration.name,
    naive: () => explored(createJoinModel(configuration, design)),
    shipped: () => explored(createJoinModel(configuration)),
  })),
  ...NAIVE_MOVES.map(({ configuration, design }) => ({
    name: configuration.name,
    naive: () => explored(createMoveModel(configuration, design)),
    shipped: () => explored(createMoveModel(configuration)),
  })),
];

describe.each(cases)('$name', ({ naive, shipped }) => {
  it('fails, and says how', () => {
    const { violation } = naive();
    expect(violation?.message).toBeDefined();
    expect(violation?.trace.length).toBeGreaterThan(2);
  });

  it('does not fail as shipped', () => {
    expect(shipped()).toMatchObject({ violation: undefined, complete: true });
  });
});

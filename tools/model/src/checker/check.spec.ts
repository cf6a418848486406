import { check } from './check.ts';
import type { Model, Step } from './model.ts';

/** Two counters that are read and then written back plus one: the textbook lost update. */
interface Counters {
  readonly value: number;
  readonly read: readonly (number | undefined)[];
  readonly done: readonly boolean[];
}

function counters(
  options: { readonly atomic?: boolean; readonly keyOf?: (state: Counters) => string } = {},
): Model<Counters> {
  const stepsOf = (state: Counters, who: number): Step<Counters>[] => {
    if (state.done[who] === true) return [];
    const read = state.read[who];
    const write = (from: number): Counters => ({ ...state, value: from + 1, done: state.done.with(who, true) });
    if (options.atomic === true) return [{ name: `${who} adds`, kind: 'progress', next: write(state.value) }];
    return read === undefined
      ? [{ name: `${who} reads`, kind: 'progress', next: { ...state, read: state.read.with(who, state.value) } }]
      : [{ name: `${who} writes`, kind: 'progress', next: write(read) }];
  };
  return {
    initial: { value: 0, read: [undefined, undefined], done: [false, false] },
    steps: (state) => [...stepsOf(state, 0), ...stepsOf(state, 1)],
    keyOf: options.keyOf ?? ((state) => JSON.stringify(state)),
    violated: () => undefined,
    violatedWhenDrained: (state) => (state.value === 2 ? undefined : `the value is ${state.value}`),
  };
}

/** A walk on numbers from 0. */
const walk = (next: (n: number) => readonly number[], rules: Partial<Model<number>> = {}): Model<number> => ({
  initial: 0,
  steps: (n) => next(n).map((to) => ({ name: `to ${to}`, kind: 'progress', next: to })),
  keyOf: String,
  violated: () => undefined,
  violatedWhenDrained: () => undefined,
  ...rules,
});

describe('check', () => {
  it('finds a planted lost update, with the interleaving that leads to it', () => {
    const { violation } = check(counters());
    expect(violation).toEqual({
      kind: 'convergence',
      message: 'the value is 1',
      trace: ['0 reads', '1 reads', '0 writes', '1 writes'],
    });
  });

  it('finds nothing where there is nothing, and counts what it saw', () => {
    expect(check(counters({ atomic: true }))).toEqual({
      states: 4,
      transitions: 4,
      drained: 1,
      depth: 3,
      complete: true,
      violation: undefined,
    });
  });

  it('gives a shortest trace, though longer ways are tried first', () => {
    const model = walk((n) => (n < 30 ? [n + 1, n + 2, n + 10] : []), {
      violated: (n) => (n === 30 ? 'thirty' : undefined),
    });
    expect(check(model).violation?.trace).toEqual(['to 10', 'to 20', 'to 30']);
  });

  it('looks at the first state too', () => {
    expect(check(walk(() => [], { violated: () => 'at once' })).violation).toEqual({
      kind: 'safety',
      message: 'at once',
      trace: [],
    });
  });

  it('finds work without end, with the way round', () => {
    const { violation } = check(walk((n) => (n === 3 ? [1] : [n + 1])));
    expect(violation).toMatchObject({ kind: 'termination', message: expect.stringContaining('3 steps') });
    expect(violation?.trace).toContain('(round:)');
  });

  it('lets chance go round for ever: only progress must come to rest', () => {
    const model = walk(() => [], {
      steps: (n) => [{ name: 'flip', kind: 'chance', next: 1 - n }],
    });
    expect(check(model)).toMatchObject({ violation: undefined, states: 2, drained: 2 });
  });

  it('calls an exploration that was cut short incomplete', () => {
    expect(
      check(
        walk((n) => [n + 1]),
        { maxStates: 50 },
      ),
    ).toMatchObject({ complete: false, violation: undefined });
  });

  it('keeps 200,000 states apart that 32-bit hashes would not', () => {
    const end = 200_000; // by the birthday rule, about five pairs of these share a 32-bit hash
    const model = walk((n) => (n < end ? [n + 1] : []));
    expect(check(model)).toMatchObject({ states: end + 1, complete: true });
  });

  it('trusts the key: states with one key are one state', () => {
    expect(check(counters({ keyOf: () => 'same' })).states).toBe(1);
  });
});

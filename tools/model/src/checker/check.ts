import type { Model, Step, Verdict, Violation } from './model.ts';
import { Edges, findCycle } from './termination.ts';

export interface CheckOptions {
  /** Where to stop; default 2,000,000 states (about 1 GB). */
  readonly maxStates?: number;
}

const DEFAULT_MAX_STATES = 2_000_000;

/**
 * Explores every reachable state, nearest first, until a violation is found; the first one found has a shortest trace.
 * When there is none, the steps of progress must form no cycle: the system comes to rest on its own.
 */
export function check<State>(model: Model<State>, options: CheckOptions = {}): Verdict {
  const search = createSearch(model, options.maxStates ?? DEFAULT_MAX_STATES);
  const violation = search.run() ?? (search.isComplete() ? search.endless() : undefined);
  return { ...search.counts(), complete: violation !== undefined || search.isComplete(), violation };
}

interface Visited<State> {
  readonly state: State;
  readonly index: number;
}

function createSearch<State>(model: Model<State>, maxStates: number) {
  /** Key → index. A Map compares whole keys: no state is missed because its hash is that of another. */
  const seen = new Map<string, number>();
  const parents: number[] = [];
  const names: string[] = [];
  const progress = new Edges();
  let transitions = 0;
  let drained = 0;
  let depth = 0;
  let level: Visited<State>[] = [];
  let nextLevel: Visited<State>[] = [];

  const traceTo = (index: number): string[] => {
    const trace: string[] = [];
    for (let at = index; at !== 0; at = parents[at] as number) trace.push(names[at] as string);
    return trace.reverse();
  };

  const found = (kind: Violation['kind'], message: string, index: number): Violation => ({
    kind,
    message,
    trace: traceTo(index),
  });

  /** Notes a state. @returns its index, and what is wrong with it if it is new */
  const visit = (state: State, parent: number, name: string): { index: number; violation?: Violation } => {
    const key = model.keyOf(state);
    const known = seen.get(key);
    if (known !== undefined) return { index: known };
    const index = parents.length;
    seen.set(key, index);
    parents.push(parent);
    names.push(name);
    nextLevel.push({ state, index });
    const message = model.violated(state);
    return message === undefined ? { index } : { index, violation: found('safety', message, index) };
  };

  const follow = (steps: readonly Step<State>[], from: number): Violation | undefined => {
    for (const step of steps) {
      transitions += 1;
      const { index, violation } = visit(step.next, from, step.name);
      if (step.kind === 'progress') progress.add(from, index);
      if (violation !== undefined) return violation;
    }
    return undefined;
  };

  const expand = ({ state, index }: Visited<State>): Violation | undefined => {
    const steps = model.steps(state);
    const violation = follow(steps, index);
    if (violation !== undefined || steps.some((step) => step.kind === 'progress')) return violation;
    drained += 1;
    const message = model.violatedWhenDrained(state);
    return message === undefined ? undefined : found('convergence', message, index);
  };

  return {
    run(): Violation | undefined {
      const first = visit(model.initial, 0, '').violation;
      if (first !== undefined) return first;
      for (level = nextLevel; level.length > 0 && parents.length <= maxStates; level = nextLevel, depth += 1) {
        nextLevel = [];
        for (const visited of level) {
          const violation = expand(visited);
          if (violation !== undefined) return violation;
        }
      }
      return undefined;
    },
    isComplete: () => level.length === 0,
    endless(): Violation | undefined {
      const cycle = findCycle(progress, parents.length);
      const entry = cycle?.[0];
      if (cycle === undefined || entry === undefined) return undefined;
      const around = cycle
        .slice(1)
        .concat(entry)
        .map((index) => names[index] as string);
      return {
        kind: 'termination',
        message: `The system can go round for ever, ${cycle.length} steps at a time.`,
        trace: [...traceTo(entry), '(round:)', ...around],
      };
    },
    counts: () => ({ states: parents.length, transitions, drained, depth }),
  };
}

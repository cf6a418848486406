/** What can happen next in a state. */
export interface Step<State> {
  readonly name: string;
  /**
   * progress: the system does it on its own, sooner or later · chance: the environment or a fault may do it, or never.
   * A state without steps of progress is drained.
   */
  readonly kind: 'progress' | 'chance';
  readonly next: State;
}

/** A system as the checker explores it. All functions are pure; states are immutable. */
export interface Model<State> {
  readonly initial: State;
  steps(state: State): readonly Step<State>[];
  /** The same text for the same state and only for it: the checker compares whole texts, so hashes may collide. */
  keyOf(state: State): string;
  /** What is wrong with this state; undefined when nothing is. */
  violated(state: State): string | undefined;
  /** What is wrong with this state, given that nothing is left to do. */
  violatedWhenDrained(state: State): string | undefined;
}

export interface Violation {
  /** safety: a state that must never be · convergence: drained, but not right · termination: work without end */
  readonly kind: 'safety' | 'convergence' | 'termination';
  readonly message: string;
  /** Names of the steps from the initial state: no shorter way leads there (for safety and convergence). */
  readonly trace: readonly string[];
}

export interface Verdict {
  readonly states: number;
  readonly transitions: number;
  /** States in which every queue is empty and nobody has anything to do. */
  readonly drained: number;
  /** Steps from the initial state to the farthest one. */
  readonly depth: number;
  /** False when the exploration stopped at `maxStates`: no violation found then proves nothing. */
  readonly complete: boolean;
  readonly violation: Violation | undefined;
}

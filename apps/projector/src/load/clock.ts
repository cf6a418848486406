/** Two clocks, as each may stand still where the other goes on: a machine that sleeps, a clock that is set. */
export interface Clock {
  /** Milliseconds since some moment; never set, and may stand still while the machine sleeps. */
  monotonicMs(): number;
  /** Milliseconds since 1970; may be set. */
  wallMs(): number;
}

export const systemClock: Clock = { monotonicMs: () => performance.now(), wallMs: Date.now };

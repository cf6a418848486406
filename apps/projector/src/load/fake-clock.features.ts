import type { Clock } from './clock.ts';

/** Two clocks that stand still until the test moves one or both. */
export interface FakeClock extends Clock {
  /** Both clocks. */
  advance(ms: number): void;
  setWall(ms: number): void;
}

export function fakeClock(): FakeClock {
  let monotonic = 0;
  let wall = 1_700_000_000_000;
  return {
    monotonicMs: () => monotonic,
    wallMs: () => wall,
    advance: (ms: number) => {
      monotonic += ms;
      wall += ms;
    },
    setWall: (ms: number) => void (wall += ms),
  };
}

/** Lets everything that is ready run. */
export const turns = async (count = 20): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

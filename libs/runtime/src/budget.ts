/** A bound on what is in hand at a time. It may be passed once by what was taken on, never by what is asked for then. */
export interface Budget {
  take(amount: number): void;
  give(amount: number): void;
  /** Resolves at once below the bound, else as soon as enough was given back. */
  room(): Promise<void>;
  readonly used: number;
}

export function createBudget(bound: number): Budget {
  let used = 0;
  let waiting: (() => void)[] = [];
  return {
    get used() {
      return used;
    },
    take(amount) {
      used += amount;
    },
    give(amount) {
      used -= amount;
      if (used >= bound || waiting.length === 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    room() {
      return used < bound ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** Choices that a seed decides: the same seed gives the same choices in the same order. */
export interface Random {
  /** A whole number from 0 to `sides` - 1. */
  roll(sides: number): number;
  pick<T>(options: readonly T[]): T;
  /** One of the values, as often as its weight says. */
  weighted<T>(options: readonly { readonly weight: number; readonly value: T }[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  // Mulberry32: one 32-bit word of state, good enough to choose rows with.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return (word ^ (word >>> 14)) >>> 0;
  };
  const roll = (sides: number): number => next() % sides;
  return {
    roll,
    pick: (options) => options[roll(options.length)] as (typeof options)[number],
    weighted: (options) => {
      let left = roll(options.reduce((sum, { weight }) => sum + weight, 0));
      for (const { weight, value } of options) {
        if (left < weight) return value;
        left -= weight;
      }
      throw new RangeError('weights must be positive whole numbers');
    },
  };
}

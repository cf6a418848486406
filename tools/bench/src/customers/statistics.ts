/** What the calls of one round took. */
export interface RoundFigures {
  readonly calls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  /** What was wrong with answers, one text for each. */
  readonly faults: readonly string[];
}

/** How much longer one contender took than another. */
export interface Ratios {
  readonly p50: number;
  readonly p99: number;
}

/** The value that the share `q` of all lies at or below (nearest rank). NaN of nothing. */
export function percentile(values: Iterable<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value, or the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** @param seconds what the whole round took */
export const figuresOf = (
  latenciesMs: readonly number[],
  seconds: number,
  faults: readonly string[] = [],
): RoundFigures => ({
  calls: latenciesMs.length,
  p50Ms: percentile(latenciesMs, 0.5),
  p99Ms: percentile(latenciesMs, 0.99),
  perSecond: latenciesMs.length / seconds,
  faults,
});

/**
 * Medians of the ratios of the rounds that ran beside each other: what slows the machine down for a while slows both.
 * @param other as many rounds as `ours`, in the same order
 */
export function ratiosOf(ours: readonly RoundFigures[], other: readonly RoundFigures[]): Ratios {
  const pairs = ours.map((figures, i) => ({ ours: figures, other: other[i] as RoundFigures }));
  return {
    p50: median(pairs.map((pair) => pair.ours.p50Ms / pair.other.p50Ms)),
    p99: median(pairs.map((pair) => pair.ours.p99Ms / pair.other.p99Ms)),
  };
}

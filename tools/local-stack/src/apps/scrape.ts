/** Samples of one app's `/metrics`, by metric name and label text, e.g. `projector_changes_total{view="orders"}`. */
export type Samples = ReadonlyMap<string, number>;

/** Reads Prometheus text exposition; comments and what is not a sample are passed over. */
export function parseMetrics(exposition: string): Samples {
  const samples = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)/.exec(line);
    if (match !== null) samples.set(match[1] as string, Number(match[2]));
  }
  return samples;
}

/** Empty when the app does not answer: it may be restarting. */
export async function scrape(url: string): Promise<Samples> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return parseMetrics(await response.text());
  } catch {
    return new Map();
  }
}

/** Sum over all label sets of a metric. */
export function total(samples: Samples, name: string): number {
  let sum = 0;
  for (const [key, value] of samples) if (key === name || key.startsWith(`${name}{`)) sum += value;
  return sum;
}

/** Cumulative counts of a histogram by upper bound in seconds, label sets added up. */
export function buckets(samples: Samples, name: string): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const [key, value] of samples) {
    const bound = key.startsWith(`${name}_bucket{`) ? /le="([^"]+)"/.exec(key)?.[1] : undefined;
    if (bound === undefined) continue;
    const upper = bound === '+Inf' ? Infinity : Number(bound);
    counts.set(upper, (counts.get(upper) ?? 0) + value);
  }
  return counts;
}

/**
 * A quantile of what was observed between two scrapes, in seconds, interpolated inside its bucket.
 * Undefined when nothing was observed.
 */
export function quantile(
  q: number,
  now: ReadonlyMap<number, number>,
  before: ReadonlyMap<number, number>,
): number | undefined {
  const bounds = [...now.keys()].sort((a, b) => a - b);
  const counts = bounds.map((bound) => (now.get(bound) ?? 0) - (before.get(bound) ?? 0));
  const observed = counts.at(-1) ?? 0;
  if (observed <= 0) return undefined;
  const rank = q * observed;
  const index = counts.findIndex((count) => count >= rank);
  const upper = bounds[index] as number;
  const lower = index === 0 ? 0 : (bounds[index - 1] as number);
  if (upper === Infinity) return lower;
  const below = index === 0 ? 0 : (counts[index - 1] as number);
  const inside = (counts[index] as number) - below;
  return lower + (inside === 0 ? 0 : ((rank - below) / inside) * (upper - lower));
}

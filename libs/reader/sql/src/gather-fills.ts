import type { FillEntry, FillResult } from './fill-result.ts';

interface Waiting {
  readonly entry: FillEntry;
  readonly begin: (fill: Promise<FillResult>) => void;
}

/** Fills asked for within `windowMs` begin together; each ends by itself. */
export function gatherFills(
  beginAll: (entries: readonly FillEntry[]) => readonly Promise<FillResult>[],
  { windowMs }: { readonly windowMs: number },
): (entry: FillEntry) => Promise<FillResult> {
  let waiting: Waiting[] = [];
  const begin = (): void => {
    const together = waiting;
    waiting = [];
    const fills = beginAll(together.map(({ entry }) => entry));
    for (const [i, one] of together.entries()) one.begin(fills[i] as Promise<FillResult>);
  };
  return (entry) =>
    new Promise((resolve) => {
      if (waiting.length === 0) setTimeout(begin, windowMs);
      waiting.push({ entry, begin: resolve });
    });
}

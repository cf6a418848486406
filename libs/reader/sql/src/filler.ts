import { type ItemKey, formatKey } from '@hybridge/protocol';
import type { AnyView, Row } from '@hybridge/views';
import { fillEntry, fillItem } from './fill-item.ts';
import type { FillDependencies, FillEntry, FillResult } from './fill-result.ts';
import { gatherReads, shareRead } from './gather-reads.ts';
import { KEYS_PER_STATEMENT, chunksOf } from './key-chunks.ts';

/** Fills items; misses of one key at the same time share one fill. */
export interface Filler {
  /** @throws as `fillItem` */
  fill(view: AnyView, itemKey: ItemKey, keyRow: Row): Promise<FillResult>;
  /**
   * Fills many items with one statement for every 200 keys of a view, and one for their proofs. Leases are taken and
   * answers stored side by side; a key somebody else is filling is followed as `fill` does.
   * @returns in the order of the entries; `reason` of a rejected one is what `fill` would have thrown
   */
  fillMany(entries: readonly FillEntry[]): Promise<PromiseSettledResult<FillResult>[]>;
}

export interface FillerOptions {
  /**
   * Single misses of one view that come to read SQL within so many milliseconds are read in one statement; default 0: each
   * on its own, at once.
   */
  readonly gatherMs?: number;
}

/** One per process: a hundred readers of one cold key cost one read of SQL. */
export function createFiller(dependencies: FillDependencies, options: FillerOptions = {}): Filler {
  const { gatherMs = 0 } = options;
  const single =
    gatherMs > 0 ? { ...dependencies, rows: gatherReads(dependencies.rows, { windowMs: gatherMs }) } : dependencies;
  const running = new Map<string, Promise<FillResult>>();
  const register = (itemKey: ItemKey, fill: Promise<FillResult>): Promise<FillResult> => {
    const name = formatKey(itemKey);
    const shared = fill.finally(() => running.delete(name));
    running.set(name, shared);
    return shared;
  };
  return {
    fill: (view, itemKey, keyRow) =>
      running.get(formatKey(itemKey)) ?? register(itemKey, fillItem(single, view, itemKey, keyRow)),

    fillMany(entries) {
      for (const batch of batchesOf(entries.filter(({ itemKey }) => !running.has(formatKey(itemKey))))) {
        const fills = fillBatch(dependencies, batch);
        for (const [i, { itemKey }] of batch.entries()) void register(itemKey, fills[i] as Promise<FillResult>);
      }
      return Promise.allSettled(entries.map(({ itemKey }) => running.get(formatKey(itemKey)) as Promise<FillResult>));
    },
  };
}

/** One fill for each entry of a view; they share what they read first. */
function fillBatch(dependencies: FillDependencies, batch: readonly FillEntry[]): Promise<FillResult>[] {
  const [first] = batch;
  if (first === undefined) return [];
  const members = shareRead(dependencies.rows, first.view, batch.length);
  return members.map(async ({ read, leave }, i) => {
    try {
      return await fillEntry(dependencies, batch[i] as FillEntry, read, leave);
    } finally {
      leave();
    }
  });
}

/** Each key once, by view, as many as one statement may name. */
function batchesOf(entries: readonly FillEntry[]): FillEntry[][] {
  const distinct = new Map(entries.map((entry) => [formatKey(entry.itemKey), entry])).values();
  const byView = new Map<AnyView, FillEntry[]>();
  for (const entry of distinct) {
    const ofView = byView.get(entry.view) ?? [];
    ofView.push(entry);
    byView.set(entry.view, ofView);
  }
  return [...byView.values()].flatMap((all) => chunksOf(all, KEYS_PER_STATEMENT));
}

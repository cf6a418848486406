import { type ItemKey, formatKey } from '@hybridge/protocol';
import type { AnyView, Row } from '@hybridge/views';
import { fillEntry, fillItem } from './fill-item.ts';
import type { FirstRead } from './fill-leased.ts';
import type { FillDependencies, FillEntry, FillResult } from './fill-result.ts';
import { gatherFills } from './gather-fills.ts';
import { gatherReads, shareRead } from './gather-reads.ts';
import { KEYS_PER_STATEMENT, chunksOf } from './key-chunks.ts';
import { reserveRead } from './reserve-read.ts';
import type { ReadPlace } from './row-reader.ts';

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
   * Single misses of one view that come within so many milliseconds are filled together, with one statement; default 0:
   * each on its own, at once.
   */
  readonly gatherMs?: number;
}

/** One per process: a hundred readers of one cold key cost one read of SQL. */
export function createFiller(dependencies: FillDependencies, options: FillerOptions = {}): Filler {
  const { gatherMs = 0 } = options;
  const fillSingle = gatherMs > 0 ? gathered(dependencies, gatherMs) : alone(dependencies);
  const running = new Map<string, Promise<FillResult>>();
  const register = (itemKey: ItemKey, fill: Promise<FillResult>): Promise<FillResult> => {
    const name = formatKey(itemKey);
    const shared = fill.finally(() => running.delete(name));
    running.set(name, shared);
    return shared;
  };
  return {
    fill: (view, itemKey, keyRow) =>
      running.get(formatKey(itemKey)) ?? register(itemKey, fillSingle({ view, itemKey, keyRow })),

    fillMany(entries) {
      const misses = distinct(entries.filter(({ itemKey }) => !running.has(formatKey(itemKey))));
      const fills = fillTogether(dependencies, misses);
      for (const [i, { itemKey }] of misses.entries()) void register(itemKey, fills[i] as Promise<FillResult>);
      return Promise.allSettled(entries.map(({ itemKey }) => running.get(formatKey(itemKey)) as Promise<FillResult>));
    },
  };
}

type Fill = (entry: FillEntry) => Promise<FillResult>;

const alone =
  (dependencies: FillDependencies): Fill =>
  ({ view, itemKey, keyRow }) =>
    fillItem(dependencies, view, itemKey, keyRow);

/** What those who begin together read later, each in its own time, is gathered as well. */
function gathered(dependencies: FillDependencies, windowMs: number): Fill {
  const gathering = { ...dependencies, rows: gatherReads(dependencies.rows, { windowMs }) };
  return gatherFills((entries) => fillTogether(gathering, entries), { windowMs });
}

/** @param entries each key once */
function fillTogether(dependencies: FillDependencies, entries: readonly FillEntry[]): Promise<FillResult>[] {
  const fills = new Map<FillEntry, Promise<FillResult>>();
  for (const [view, ofView] of byView(entries)) {
    for (const batch of chunksOf(ofView, KEYS_PER_STATEMENT)) {
      const filling = fillBatch(dependencies, view, batch);
      for (const [i, entry] of batch.entries()) fills.set(entry, filling[i] as Promise<FillResult>);
    }
  }
  return entries.map((entry) => fills.get(entry) as Promise<FillResult>);
}

/** One fill for each entry, as many as one statement may name; they share a place in line and what they read first. */
function fillBatch(dependencies: FillDependencies, view: AnyView, batch: readonly FillEntry[]): Promise<FillResult>[] {
  let place: ReadPlace;
  try {
    place = reserveRead(dependencies.rows, view);
  } catch (refused) {
    return batch.map(() => Promise.reject(refused));
  }
  const members = shareRead(place, view, batch.length);
  return batch.map((entry, i) => fillEntry(dependencies, entry, members[i] as FirstRead));
}

const distinct = (entries: readonly FillEntry[]): FillEntry[] => [
  ...new Map(entries.map((entry) => [formatKey(entry.itemKey), entry])).values(),
];

function byView(entries: readonly FillEntry[]): ReadonlyMap<AnyView, readonly FillEntry[]> {
  const views = new Map<AnyView, FillEntry[]>();
  for (const entry of entries) {
    const ofView = views.get(entry.view) ?? [];
    ofView.push(entry);
    views.set(entry.view, ofView);
  }
  return views;
}

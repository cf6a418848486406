import { type Attributes, type Item, type ItemKey, formatKey, keyOf, truthOf } from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import type { RowReader } from '@hybridge/reader-sql';
import { pause } from '@hybridge/runtime';
import { type AnyView, type Catalog, type Row, createCatalog, keyOfRow, projectRow } from '@hybridge/views';
import { ComparisonClass, type DifferenceClass, classify, isDifference } from './classify.ts';

export interface Difference {
  readonly class: DifferenceClass;
  readonly key: ItemKey;
  /** Attributes the item should have; undefined: SQL has no such row. */
  readonly expected: Attributes | undefined;
  /** Attributes of the truth in the item; undefined: it holds none. */
  readonly actual: Attributes | undefined;
}

/** One view held against SQL. */
export interface Comparison {
  readonly view: string;
  /** Keys looked at: every SQL row, and every item without one. */
  readonly compared: number;
  readonly counts: Readonly<Record<ComparisonClass, number>>;
  /** The first of them; `counts` knows all. */
  readonly differences: readonly Difference[];
}

export interface CompareDependencies {
  readonly rows: Pick<RowReader, 'scan' | 'read'>;
  readonly items: Pick<ItemReader, 'batchGet' | 'get' | 'scan'>;
}

export interface CompareOptions {
  /** Rows read from SQL at once; default 500. */
  readonly batchSize?: number;
  /** Pause before a difference is looked at again, milliseconds; default 500. */
  readonly recheckPauseMs?: number;
  /** Times a difference must be found again before it counts; default 3. */
  readonly rechecks?: number;
  /** Differences kept with their attributes; default 100. */
  readonly maxDifferences?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970; default the clock. */
  readonly now?: () => number;
}

const DEFAULTS = { batchSize: 500, recheckPauseMs: 500, rechecks: 3, maxDifferences: 100, now: Date.now } as const;

interface Settings extends Required<Omit<CompareOptions, 'signal'>>, Pick<CompareOptions, 'signal'> {}

/**
 * Holds every SQL row of one view against its item, and every item of the view against SQL. A difference counts only if
 * it is still there after several looks, as a moving system is always a moment behind.
 *
 * Remembers the key of every row while it runs.
 * @throws SqlReadError, ItemReaderError; the signal's reason
 */
export async function compareView(
  view: AnyView,
  dependencies: CompareDependencies,
  options: CompareOptions = {},
): Promise<Comparison> {
  const [comparison] = await compareAll(createCatalog([view]), dependencies, options);
  return comparison as Comparison;
}

/** Compares every view; the view table is read once for all of them. @throws as `compareView` */
export async function compareAll(
  catalog: Catalog,
  dependencies: CompareDependencies,
  options: CompareOptions = {},
): Promise<readonly Comparison[]> {
  const settings = { ...DEFAULTS, ...options };
  const tallies = new Map<string, Tally>();
  for (const view of catalog.views) {
    const tally = createTally(view);
    tallies.set(view.name, tally);
    await compareRows(tally, dependencies, settings);
  }
  await findExtras(catalog, tallies, dependencies, settings);
  const comparisons: Comparison[] = [];
  for (const tally of tallies.values()) comparisons.push(await confirm(tally, dependencies, settings));
  return comparisons;
}

interface Suspect {
  readonly key: ItemKey;
  readonly keyRow: Row;
}

interface Tally {
  readonly view: AnyView;
  readonly counts: Record<ComparisonClass, number>;
  readonly seen: Set<string>;
  readonly suspects: Suspect[];
}

function createTally(view: AnyView): Tally {
  const zero = Object.fromEntries(Object.values(ComparisonClass).map((name) => [name, 0]));
  return { view, counts: zero as Tally['counts'], seen: new Set(), suspects: [] };
}

function note(tally: Tally, found: ComparisonClass, suspect: Suspect): void {
  if (isDifference(found)) tally.suspects.push(suspect);
  else tally.counts[found]++;
}

async function compareRows(tally: Tally, { rows, items }: CompareDependencies, settings: Settings): Promise<void> {
  for await (const page of rows.scan(tally.view, { batchSize: settings.batchSize })) {
    settings.signal?.throwIfAborted();
    const keys = page.map((row) => keyOfRow(tally.view, row));
    const found = await items.batchGet(keys, { consistent: true });
    page.forEach((row, i) => {
      const key = keys[i] as ItemKey;
      tally.seen.add(formatKey(key));
      note(tally, classify(tally.view, row, found[i], settings.now()), { key, keyRow: row });
    });
  }
}

/** Items that no row led to. Rows inserted after their page was read look so too: `confirm` tells them apart. */
async function findExtras(
  catalog: Catalog,
  tallies: ReadonlyMap<string, Tally>,
  { items }: CompareDependencies,
  settings: Settings,
): Promise<void> {
  for await (const item of items.scan({ consistent: true, ...(settings.signal && { signal: settings.signal }) })) {
    const key = keyOf(item);
    const owner = catalog.byKey(key);
    const tally = owner === undefined ? undefined : tallies.get(owner.view.name);
    if (owner === undefined || tally === undefined || tally.seen.has(formatKey(key))) continue;
    const found = classify(owner.view, undefined, item, settings.now());
    if (found !== ComparisonClass.matched) note(tally, found, { key, keyRow: owner.row });
  }
}

async function confirm(tally: Tally, dependencies: CompareDependencies, settings: Settings): Promise<Comparison> {
  let suspects: readonly Suspect[] = tally.suspects;
  for (let look = 0; look < settings.rechecks && suspects.length > 0; look++) {
    await pause(settings.recheckPauseMs, settings.signal);
    settings.signal?.throwIfAborted();
    const still: Suspect[] = [];
    for (const suspect of suspects) {
      const { found } = await lookAgain(tally.view, suspect, dependencies, settings);
      if (isDifference(found)) still.push(suspect);
      else tally.counts[found]++;
    }
    suspects = still;
  }
  const differences = await describe(tally, suspects, dependencies, settings);
  const compared = Object.values(tally.counts).reduce((sum, count) => sum + count, 0);
  return { view: tally.view.name, compared, counts: tally.counts, differences };
}

async function describe(
  tally: Tally,
  suspects: readonly Suspect[],
  dependencies: CompareDependencies,
  settings: Settings,
): Promise<readonly Difference[]> {
  const differences: Difference[] = [];
  for (const suspect of suspects) {
    const { found, row, item } = await lookAgain(tally.view, suspect, dependencies, settings);
    tally.counts[found]++;
    if (!isDifference(found) || differences.length >= settings.maxDifferences) continue;
    const truth = item === undefined ? undefined : truthOf(item);
    differences.push({
      class: found,
      key: suspect.key,
      expected: row === undefined ? undefined : projectRow(tally.view, row),
      actual: truth?.exists === true ? truth.columns : undefined,
    });
  }
  return differences;
}

async function lookAgain(
  view: AnyView,
  { key, keyRow }: Suspect,
  { rows, items }: CompareDependencies,
  settings: Settings,
) {
  const [{ row }, item] = await Promise.all([rows.read(view, keyRow), items.get(key, { consistent: true })]);
  return { found: classify(view, row, item as Item | undefined, settings.now()), row, item };
}

import { type Item, type ItemKey, Meta, isControlKey, keyOf } from '@hybridge/protocol';
import { isSqlUnavailable } from '@hybridge/reader-sql';
import { type AnyView, type Catalog, type Row, ViewError, basesOf, createCatalog } from '@hybridge/views';
import { ComparisonClass, classify } from './classify.ts';
import {
  type CompareDependencies,
  type CompareOptions,
  type CompareSettings,
  type Comparison,
  type Progress,
  type ViewProgress,
  settingsOf,
} from './comparison.ts';
import { keyOnly, keyPartsOf, keyRowFrom } from './key-parts.ts';
import { liesElsewhere } from './look.ts';
import { lookAt } from './look-at.ts';
import { type Pacer, createPacer } from './pacer.ts';
import { assertSameTask, taskOf } from './progress.ts';
import { type Tally, createTally } from './tally.ts';

/** `compareAll` of one view; of what it embeds only the differences are told. @throws as that */
export async function compareView(
  view: AnyView,
  dependencies: CompareDependencies,
  options: CompareOptions = {},
): Promise<Comparison> {
  const catalog = createCatalog([...withCollected([view])]);
  const [comparison] = await compareAll(catalog, dependencies, { ...options, views: [view] });
  return comparison as Comparison;
}

/** A view cannot be in a catalog without those that it collects. */
function withCollected(views: readonly AnyView[], all = new Set<AnyView>()): ReadonlySet<AnyView> {
  for (const view of views) {
    if (all.has(view)) continue;
    all.add(view);
    withCollected(Object.values(view.collect as { readonly [name: string]: AnyView }), all);
  }
  return all;
}

/**
 * Holds every SQL row of the views against its item, and every item of theirs against SQL; what items embed against the
 * base items of those rows, and those against SQL as any view. A difference counts only if it is still there after
 * several looks, as a moving system is always a moment behind.
 *
 * The view table is read once for all of them. Memory does not grow with the views.
 * @returns one for each view, then one for each relation of theirs
 * @throws SqlReadError, ItemReaderError; VerifyError for progress of another task; the signal's reason
 */
export async function compareAll(
  catalog: Catalog,
  dependencies: CompareDependencies,
  options: CompareOptions = {},
): Promise<readonly Comparison[]> {
  const settings = settingsOf(options);
  const run = begin(catalog, dependencies, settings);
  for (const walk of run.walks) await whileAvailable(walk, run, () => compareRows(walk, run));
  if (run.walks.every(({ isLeftOut }) => isLeftOut)) return [];
  await findExtras(catalog, run);
  for (const walk of run.walks) await whileAvailable(walk, run, () => walk.tally.confirm(true));
  const compared = new Map(run.walks.filter(({ isLeftOut }) => !isLeftOut).map(({ tally }) => [tally.view, tally]));
  return shownOrder(catalog, settings).flatMap((view) => compared.get(view)?.comparison() ?? []);
}

const shownOrder = ({ views: all }: Catalog, { views = all }: CompareSettings): readonly AnyView[] => [
  ...new Set([...views, ...views.flatMap(basesOf)]),
];

/**
 * Rows that are embedded come before those that embed them: who repairs what differs needs the parents first. A range is
 * one of the view's own keys, and leaves them out.
 */
function comparedViews(catalog: Catalog, { views = catalog.views, range }: CompareSettings): readonly AnyView[] {
  if (range?.from !== undefined || range?.to !== undefined) return views;
  return [...new Set([...views.flatMap(basesOf).toReversed(), ...views])];
}

/** Leaves a view out, from then on, whose database does not answer; unless nobody wants to hear of it. */
async function whileAvailable(walk: Walk, { settings }: Run, task: () => Promise<void>): Promise<void> {
  if (walk.isLeftOut) return;
  try {
    await task();
  } catch (error) {
    if (settings.onUnavailable === undefined || !isSqlUnavailable(error)) throw error;
    walk.isLeftOut = true;
    settings.onUnavailable(walk.tally.view, error);
  }
}

/** One view on the way through its rows. */
interface Walk {
  readonly tally: Tally;
  after: Row | undefined;
  rowsDone: boolean;
  isLeftOut: boolean;
}

interface Run {
  readonly walks: readonly Walk[];
  readonly dependencies: CompareDependencies;
  readonly settings: CompareSettings;
  readonly pacer: Pacer;
  itemsAfter: ItemKey | undefined;
}

function begin(catalog: Catalog, dependencies: CompareDependencies, settings: CompareSettings): Run {
  const { resume } = settings;
  const views = comparedViews(catalog, settings);
  if (resume !== undefined) assertSameTask(views, settings, resume);
  const walks = views.map((view): Walk => {
    const resumed = resume?.views[view.name];
    const after = resumed?.after === undefined ? undefined : keyRowFrom(view, resumed.after);
    return {
      tally: createTally(view, dependencies, settings, resumed),
      after,
      rowsDone: resumed?.rowsDone ?? false,
      isLeftOut: false,
    };
  });
  const pacer = createPacer(settings.ratePerSecond);
  return { walks, dependencies, settings, pacer, itemsAfter: resume?.itemsAfter };
}

/** From SQL to DynamoDB: finds what is stale or missing. */
async function compareRows(walk: Walk, run: Run): Promise<void> {
  const { dependencies, settings, pacer } = run;
  const { tally } = walk;
  if (walk.rowsDone) return;
  const bounds = { ...settings.range, ...(walk.after && { after: walk.after }) };
  for await (const page of dependencies.rows.scan(tally.view, { batchSize: settings.batchSize, ...bounds })) {
    settings.signal?.throwIfAborted();
    await pacer.take(page.length, settings.signal);
    const subjects = page.map((row) => ({ keyRow: keyOnly(tally.view, row.row), row }));
    for (const look of await lookAt(tally.view, subjects, dependencies, settings.now())) {
      tally.note(look.class, look.keyRow);
    }
    walk.after = subjects.at(-1)?.keyRow;
    await tally.confirm();
    await report(run);
  }
  walk.rowsDone = true;
}

/** All that an item says of its row but the columns, which do not matter where there is no row. */
const CLAIM: readonly string[] = [Meta.state, Meta.negativeExpiry, Meta.pending, Meta.truth];

/** From DynamoDB to SQL: finds items without a row. Those with one were compared on the way through the rows. */
async function findExtras(catalog: Catalog, run: Run): Promise<void> {
  const { dependencies, settings, pacer } = run;
  const options = { consistent: true, attributes: CLAIM, ...(settings.signal && { signal: settings.signal }) };
  let page: Item[] = [];
  const handle = async (): Promise<void> => {
    settings.signal?.throwIfAborted();
    await pacer.take(page.length, settings.signal);
    const claims = claimsOf(catalog, page, run);
    for (const walk of run.walks) await whileAvailable(walk, run, () => noteExtras(walk.tally, claims, run));
    run.itemsAfter = keyOf(page.at(-1) as Item);
    page = [];
    await report(run);
  };
  for await (const item of dependencies.items.scan({ ...options, ...(run.itemsAfter && { after: run.itemsAfter }) })) {
    page.push(item);
    if (page.length >= settings.batchSize) await handle();
  }
  if (page.length > 0) await handle();
}

/** An item that would be extra, or is pending, if SQL has no row for it. */
interface Claim {
  readonly view: AnyView;
  readonly keyRow: Row;
  readonly found: ComparisonClass;
}

function claimsOf(catalog: Catalog, page: readonly Item[], { settings }: Run): readonly Claim[] {
  return page.flatMap((item) => {
    const key = keyOf(item);
    const owner = isControlKey(key) ? undefined : ownerOf(catalog, key);
    if (owner === undefined) return [];
    const found = classify(owner.view, undefined, item, settings.now());
    return found === ComparisonClass.matched ? [] : [{ view: owner.view, keyRow: owner.row, found }];
  });
}

/** A key with a part that is no value of its column belongs to no view: no reader can ask for it. */
function ownerOf(catalog: Catalog, key: ItemKey) {
  try {
    return catalog.byKey(key);
  } catch (error) {
    if (error instanceof ViewError) return undefined;
    throw error;
  }
}

async function noteExtras(tally: Tally, claims: readonly Claim[], { dependencies, settings }: Run): Promise<void> {
  const own = claims.filter(({ view }) => view === tally.view);
  if (own.length === 0) return;
  const keyRows = own.map(({ keyRow }) => keyRow);
  const rows = await dependencies.rows.readMany(tally.view, keyRows);
  for (const [i, { keyRow, found }] of own.entries()) {
    const row = rows[i];
    if (row !== undefined && !liesElsewhere(tally.view, keyRow, row)) continue;
    const noted = row !== undefined && found === ComparisonClass.extra ? ComparisonClass.placementOrphan : found;
    if (await dependencies.rows.isWithin(tally.view, keyRow, settings.range ?? {})) tally.note(noted, keyRow);
  }
  await tally.confirm();
}

/** Not once a view was left out: whoever goes on compares it as far as the items have been walked by now. */
const report = async (run: Run): Promise<void> =>
  run.walks.some(({ isLeftOut }) => isLeftOut) ? undefined : run.settings.onProgress?.(progressOf(run));

function progressOf({ walks, settings, itemsAfter }: Run): Progress {
  const views = walks.map(({ tally, after, rowsDone }): [string, ViewProgress] => [
    tally.view.name,
    { rowsDone, ...(after && { after: keyPartsOf(tally.view, after) }), ...tally.progress() },
  ]);
  return {
    ...taskOf(walks[0]?.tally.view, settings),
    views: Object.fromEntries(views),
    ...(itemsAfter && { itemsAfter }),
  };
}

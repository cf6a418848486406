import { type Item, type ItemKey, Meta, keyOf } from '@hybridge/protocol';
import { MAX_BATCH_KEYS } from '@hybridge/reader-dynamodb';
import { isSqlUnavailable } from '@hybridge/reader-sql';
import {
  type AnyView,
  type Catalog,
  type Row,
  ViewError,
  createCatalog,
  isStorableKey,
  keyFromParts,
  keyOfRow,
} from '@hybridge/views';
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
import { type Pacer, createPacer } from './pacer.ts';
import { assertSameTask, taskOf } from './progress.ts';
import { type Tally, createTally, keyPartsOf } from './tally.ts';

/**
 * Holds every SQL row of one view against its item, and every item of the view against SQL. A difference counts only if
 * it is still there after several looks, as a moving system is always a moment behind.
 *
 * Memory does not grow with the view.
 * @throws SqlReadError, ItemReaderError; VerifyError for progress of another task; the signal's reason
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
  const settings = settingsOf(options);
  const run = begin(catalog, dependencies, settings);
  for (const walk of run.walks) await whileAvailable(walk, run, () => compareRows(walk, run));
  if (run.walks.every(({ isLeftOut }) => isLeftOut)) return [];
  await findExtras(catalog, run);
  for (const walk of run.walks) await whileAvailable(walk, run, () => walk.tally.confirm(true));
  return run.walks.filter(({ isLeftOut }) => !isLeftOut).map(({ tally }) => tally.comparison());
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
  if (resume !== undefined) assertSameTask(catalog, settings, resume);
  const walks = catalog.views.map((view): Walk => {
    const resumed = resume?.views[view.name];
    const after = resumed?.after === undefined ? undefined : keyFromParts(view, resumed.after);
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
    const [storable, tooLong] = parted(page, ({ row }) => isStorableKey(keyOfRow(tally.view, row)));
    for (const { row } of tooLong) tally.note(ComparisonClass.quarantined, row);
    const items = await readSideBySide(
      storable.map(({ row }) => keyOfRow(tally.view, row)),
      dependencies,
    );
    storable.forEach((found, i) => tally.note(classify(tally.view, found, items[i], settings.now()), found.row));
    walk.after = page.at(-1)?.row;
    await tally.confirm();
    await report(run);
  }
  walk.rowsDone = true;
}

function parted<T>(all: readonly T[], holds: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(holds), all.filter((one) => !holds(one))];
}

async function readSideBySide(keys: readonly ItemKey[], { items }: CompareDependencies): Promise<(Item | undefined)[]> {
  const batches = Array.from({ length: Math.ceil(keys.length / MAX_BATCH_KEYS) }, (_, i) =>
    items.batchGet(keys.slice(i * MAX_BATCH_KEYS, (i + 1) * MAX_BATCH_KEYS), { consistent: true }),
  );
  return (await Promise.all(batches)).flat();
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
    const owner = ownerOf(catalog, keyOf(item));
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
    if (rows[i] !== undefined) continue;
    if (await dependencies.rows.isWithin(tally.view, keyRow, settings.range ?? {})) tally.note(found, keyRow);
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

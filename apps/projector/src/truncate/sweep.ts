import {
  type Item,
  type ItemKey,
  type ItemStore,
  Meta,
  type ProtocolContext,
  type Provenance,
  type RowChange,
  type Version,
  ViewMode,
  isUnpositioned,
  keyOf,
  versionOf,
} from '@hybridge/protocol';
import { pause, retryTransient } from '@hybridge/runtime';
import {
  type AnyTable,
  type AnyView,
  type Catalog,
  type StoreOutcome,
  ViewError,
  concernsOthers,
  shapeOf,
  storeRowChange,
} from '@hybridge/views';

/** Every item of the view table, as `@hybridge/sink-dynamodb` reads them. */
export interface ItemScan {
  scan(options: {
    readonly consistent: true;
    readonly attributes: readonly string[];
    readonly after?: ItemKey;
    readonly signal?: AbortSignal;
  }): AsyncIterable<Item>;
}

export interface SweepDependencies {
  readonly catalog: Catalog;
  readonly store: ItemStore;
  readonly items: ItemScan;
  readonly context: ProtocolContext;
  /** Tells the rows that embed the one of a base item, or leaves a job that does. */
  readonly tellOthers: (parent: ItemKey) => Promise<void>;
  readonly onSwept?: ((view: string, outcome: StoreOutcome) => void) | undefined;
}

export interface SweepOptions {
  /** Items written side by side; default 16. */
  readonly concurrency: number;
  /** Items written per second; undefined: as many as can be written. */
  readonly ratePerSecond: number | undefined;
}

/** A table, and the source it is in. */
export interface TablePlace {
  readonly source: string;
  /** `schema.table` */
  readonly table: string;
}

const isAt = ({ source, name }: AnyTable, place: TablePlace): boolean =>
  source.name === place.source && name === place.table;

/** An item that is older than the truncation. */
interface Swept {
  readonly view: AnyView;
  readonly key: ItemKey;
  readonly kind: 'delete' | 'touched';
}

/**
 * Tells every item of a table that is older than the truncation that its row is gone. Reads the whole view table, once;
 * what another sweep did already is passed over, so that two at a time, or one after a crash, do no harm.
 * @returns items written
 * @throws what store and scan throw for good; the signal's reason
 */
export async function sweepTable(
  table: TablePlace,
  truncation: Provenance,
  deps: SweepDependencies,
  options: SweepOptions & { readonly signal: AbortSignal },
): Promise<number> {
  const { signal } = options;
  let after: ItemKey | undefined;
  let written = 0;
  const flush = async (page: readonly Item[]): Promise<void> => {
    const startedAt = performance.now();
    const due = page.flatMap((item) => sweptOf(item, table, truncation, deps.catalog));
    await Promise.all(due.map((swept) => retryTransient(() => removeOne(swept, truncation, deps), { signal })));
    written += due.length;
    after = keyOf(page.at(-1) as Item);
    if (options.ratePerSecond === undefined) return;
    const earned = (due.length / options.ratePerSecond) * 1_000;
    await pause(Math.max(0, earned - (performance.now() - startedAt)), signal);
  };
  const walk = async (): Promise<void> => {
    let page: Item[] = [];
    const scan = { consistent: true, attributes: [Meta.version], signal } as const;
    for await (const item of deps.items.scan({ ...scan, ...(after && { after }) })) {
      page.push(item);
      if (page.length < options.concurrency) continue;
      signal.throwIfAborted();
      await flush(page);
      page = [];
    }
    if (page.length > 0) await flush(page);
  };
  await retryTransient(walk, { signal }); // goes on behind the last page that was written
  signal.throwIfAborted();
  return written;
}

function sweptOf(item: Item, table: TablePlace, { version }: Provenance, catalog: Catalog): readonly Swept[] {
  const key = keyOf(item);
  const view = ownerOf(catalog, key);
  if (view === undefined || !isAt(view.table, table)) return [];
  const current = versionOf(item);
  if (current !== undefined && isDone(view, current, version)) return [];
  const isUnknown = current === undefined || isUnpositioned(current);
  // A lazy item that a reader filled has no place in the log: the row may be one that came after the truncation, whose
  // event found nothing to refresh and whose fence is gone. Only SQL can tell, and readers ask it of a fence.
  return [{ view, key, kind: view.mode === ViewMode.lazy && isUnknown ? 'touched' : 'delete' }];
}

/** Whoever swept the row of a parent may have ended before its children were told. */
const isDone = ({ isBase }: AnyView, current: Version, version: Version): boolean =>
  isBase ? current > version : current >= version;

/** A key that no column can have belongs to no view. */
function ownerOf(catalog: Catalog, key: ItemKey): AnyView | undefined {
  try {
    return catalog.byKey(key)?.view;
  } catch (error) {
    if (error instanceof ViewError) return undefined;
    throw error;
  }
}

async function removeOne({ view, key, kind }: Swept, truncation: Provenance, deps: SweepDependencies): Promise<void> {
  const { version, transaction, committedAt } = truncation;
  const change: RowChange = {
    version,
    transaction,
    committedAt,
    key,
    kind,
    columns: {},
    shape: shapeOf(view),
  };
  // An item that moves goes as one that does not: what names its place was not written when the row came to stay there, so
  // that ending it might hide a row that is newer than the truncation. It names the tombstone, which harms nobody.
  const linked = { change, links: undefined, guess: 'other' } as const;
  const ended = await storeRowChange(deps, view, linked);
  if (concernsOthers(view, linked, ended)) await deps.tellOthers(key);
  deps.onSwept?.(view.name, ended.outcome);
}

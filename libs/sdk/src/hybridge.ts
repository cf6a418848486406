import type { ItemStore, ProtocolContext } from '@hybridge/protocol';
import { type Filler, type RowReader, createFiller } from '@hybridge/reader-sql';
import type { Catalog, Document } from '@hybridge/views';
import { acceptChange } from './accept-change.ts';
import { statusOf, waitForOutcome } from './change-status.ts';
import { parseToken } from './change-token.ts';
import { hedgedGet } from './hedged-get.ts';
import { type HybridgeHooks, harmless } from './hooks.ts';
import type { IndexNameFor, IndexPartitionFor, IndexQueryOptions, IndexSortFor } from './index-types.ts';
import type { ItemReads } from './item-reads.ts';
import { createLists } from './lists.ts';
import { observedBatch, observedChange, observedFiller, observedRead } from './observed.ts';
import { type Place, placeOf } from './place.ts';
import { createProtocolContext } from './protocol-context.ts';
import { readMany, readOne } from './reads.ts';
import { createServingGate } from './serving-gate.ts';
import type {
  Accepted,
  BatchGetOptions,
  ChangeOptions,
  ChangeRequest,
  ChangeStatus,
  CollectionNameFor,
  CollectionOptions,
  CollectionPage,
  CollectionViews,
  DocumentCollection,
  DocumentFor,
  Found,
  GetCollectionOptions,
  GetOptions,
  KeyFor,
  KeyParts,
  Lookup,
  Page,
  PartitionKeyFor,
  QueryOptions,
  RowFor,
  ViewReference,
  WaitOptions,
} from './types.ts';

/** The views of an installation, to be read and changed by a customer's service. */
export interface Hybridge {
  /**
   * One document; undefined where SQL has no such row.
   * @throws InvalidKeyError, ViewError for an unknown view, SourceUnavailableError, SqlReadError, the store's errors;
   * with `after` InvalidTokenError, UnsettledError, ChangeLostError
   */
  get<const V extends ViewReference>(
    view: V,
    key: KeyFor<V>,
    options?: GetOptions,
  ): Promise<Found<DocumentFor<V>> | undefined>;

  /** As `get`, and says where the answer came from and whether it may be old. */
  lookup<const V extends ViewReference>(view: V, key: KeyFor<V>, options?: GetOptions): Promise<Lookup<DocumentFor<V>>>;

  /**
   * Any number of documents of one view, in the order of the keys; a key may be named twice.
   * @throws as `get`, when any of them cannot be read
   */
  batchGet<const V extends ViewReference>(
    view: V,
    keys: readonly KeyFor<V>[],
    options?: BatchGetOptions,
  ): Promise<readonly (Found<DocumentFor<V>> | undefined)[]>;

  /**
   * The documents of one view under one partition key, a page at a time. Only of eager views.
   * @param partitionKey the columns of the partition key, in the order of the view's template
   * @throws as `get`; QueryImpossibleError, InvalidCursorError, ViewLoadingError
   */
  query<const V extends ViewReference>(
    view: V,
    partitionKey: PartitionKeyFor<V>,
    options?: QueryOptions,
  ): Promise<Page<DocumentFor<V>>>;

  /**
   * The documents of several views under one partition key, whatever databases their rows are in, with one query: a page
   * at a time, each under the name its view was given. Only of eager views whose partition keys are alike.
   * @throws as `query`
   */
  queryCollection<const Views extends CollectionViews>(
    views: Views,
    partitionKey: PartitionKeyFor<Views[keyof Views]>,
    options?: CollectionOptions,
  ): Promise<CollectionPage<Views>>;

  /**
   * One document and what its view collects (`collect` of its definition), with one query: a page at a time, the document
   * with every page.
   * @throws as `query`
   */
  getCollection<const V extends ViewReference, const Name extends CollectionNameFor<V> = CollectionNameFor<V>>(
    view: V,
    key: KeyFor<V>,
    options?: GetCollectionOptions<Name>,
  ): Promise<DocumentCollection<V, Name>>;

  /**
   * The documents of one view that an index lists together, a page at a time. Eventually consistent: the index follows
   * the items a moment later, so that a change just accepted may not show, and a page may hold what has just moved.
   * @param partition a value for each attribute of the index's partition key
   * @throws QueryImpossibleError, InvalidValueError, InvalidCursorError, ViewLoadingError, ViewError for an unknown
   * view, the store's errors
   */
  queryIndex<const V extends ViewReference, const N extends IndexNameFor<V>>(
    view: V,
    index: N,
    partition: IndexPartitionFor<V, N>,
    options?: IndexQueryOptions<IndexSortFor<V, N>>,
  ): Promise<Page<DocumentFor<V>>>;

  /**
   * Changes one document. Visible at once and kept for SQL to answer; `waitFor` tells how it ended.
   * @throws NotFoundError, AlreadyExistsError, PreconditionFailedError, TooManyPendingError, NotAllowedError,
   * InvalidValueError, InvalidKeyError, ChangeIdReusedError, UncacheableError, UnsettledError, ViewLoadingError, and as
   * `get`
   */
  change<const V extends ViewReference>(
    view: V,
    key: KeyFor<V>,
    request: ChangeRequest<RowFor<V>>,
    options: ChangeOptions,
  ): Promise<Accepted<DocumentFor<V>>>;

  /** Where a change stands now. @throws InvalidTokenError, and as `get` */
  statusOf(token: string): Promise<ChangeStatus>;
  statusOf<const V extends ViewReference>(view: V, key: KeyFor<V>, changeId: string): Promise<ChangeStatus>;

  /** Where a change stands once SQL has answered it, or when the time is up (`pending`). Never throws for a rejection. */
  waitFor(token: string, options?: WaitOptions): Promise<ChangeStatus>;
  waitFor<const V extends ViewReference>(
    view: V,
    key: KeyFor<V>,
    changeId: string,
    options?: WaitOptions,
  ): Promise<ChangeStatus>;
}

export interface HybridgeDependencies {
  readonly catalog: Catalog;
  readonly items: ItemReads;
  readonly store: ItemStore;
  readonly rows: RowReader;
  /** Default: the real clock, ULIDs and the default limits. */
  readonly context?: ProtocolContext;
}

export interface HybridgeOptions extends HybridgeHooks {
  /**
   * A read of one item that takes longer is sent a second time, milliseconds; the first answer counts. Default: never.
   */
  readonly hedgeAfterMs?: number;
  /** As `createFiller` has it; default 0. */
  readonly gatherMs?: number;
  /** As `createFiller` has it; default 1.5 leases. */
  readonly followMs?: number;
}

/** One per process: it remembers that the view table is served, and shares the fills of one key. */
export function createHybridge(dependencies: HybridgeDependencies, options: HybridgeOptions = {}): Hybridge {
  const { catalog, store, rows, context = createProtocolContext() } = dependencies;
  const onRead = harmless(options.onRead);
  const filler = observedFiller(fillerOf(store, rows, context, options), harmless(options.onFill));
  const gate = createServingGate({ store, context });
  const reads = { items: itemReadsOf(dependencies.items, options.hedgeAfterMs), rows, filler, gate, context };
  const changes = { store, filler, gate, context };
  const change = observedChange(acceptChange, harmless(options.onChange));
  const place = (view: ViewReference, key: KeyParts): Place => placeOf(catalog, view, key);
  const ofToken = (token: string): { readonly at: Place; readonly changeId: string } => {
    const { view, key, changeId } = parseToken(token);
    return { at: place(view, key), changeId };
  };
  const status = async (at: Place, changeId: string): Promise<ChangeStatus> =>
    statusOf(await store.get(at.itemKey), changeId);

  const lookup = (at: Place, asked: GetOptions = {}): Promise<Lookup<Document>> =>
    onRead === undefined ? readOne(reads, at, asked) : observedRead(onRead, at, () => readOne(reads, at, asked));

  // Documents are those of the view by construction; only their names are lost on the way.
  return {
    get: async (view, key, asked) => (await lookup(place(view, key), asked)).found as never,
    lookup: async (view, key, asked) => (await lookup(place(view, key), asked)) as never,
    batchGet: async (view, keys, asked = {}) => {
      const places = keys.map((key) => place(view, key));
      const answers = await observedBatch(onRead, places, () => readMany(reads, places, asked));
      return answers.map(({ found }) => found) as never;
    },
    ...createLists({ catalog, reads, onRead }),
    change: async (view, key, request, asked) =>
      (await change(changes, place(view, key), request as ChangeRequest<Document>, asked)) as never,
    statusOf: async (...args: StatusArguments) => {
      const { at, changeId } =
        args.length === 1 ? ofToken(args[0]) : { at: place(args[0], args[1]), changeId: args[2] };
      return status(at, changeId);
    },
    waitFor: async (...args: WaitArguments) => {
      const { at, changeId, wait } = isOfKey(args)
        ? { at: place(args[0], args[1]), changeId: args[2], wait: args[3] }
        : { ...ofToken(args[0]), wait: args[1] };
      return waitForOutcome(store, at.itemKey, changeId, wait ?? {});
    },
  };
}

function fillerOf(
  store: ItemStore,
  rows: RowReader,
  context: ProtocolContext,
  { followMs, gatherMs }: HybridgeOptions,
): Filler {
  return createFiller(
    { store, rows, context, ...(followMs === undefined ? {} : { followMs }) },
    gatherMs === undefined ? {} : { gatherMs },
  );
}

type StatusArguments = readonly [string] | readonly [ViewReference, KeyParts, string];
type WaitOfKey = readonly [ViewReference, KeyParts, string, (WaitOptions | undefined)?];
type WaitArguments = WaitOfKey | readonly [string, (WaitOptions | undefined)?];

const isOfKey = (args: WaitArguments): args is WaitOfKey => Array.isArray(args[1]);

function itemReadsOf(items: ItemReads, hedgeAfterMs: number | undefined): ItemReads {
  if (hedgeAfterMs === undefined) return items;
  return {
    get: hedgedGet((key, options) => items.get(key, options), hedgeAfterMs),
    ...(items.batchGet === undefined ? {} : { batchGet: items.batchGet.bind(items) }),
    ...(items.query === undefined ? {} : { query: items.query.bind(items) }),
    ...(items.queryIndex === undefined ? {} : { queryIndex: items.queryIndex.bind(items) }),
  };
}

import {
  type CustomerChange,
  type Item,
  type ItemKey,
  type ItemStore,
  type ProtocolContext,
  columnsOf,
  judgeRead,
  nonceOf,
  pendingOf,
} from '@hybridge/protocol';
import { type FillResult, type RowReader, createFiller } from '@hybridge/reader-sql';
import { type Catalog, type Document, toDocument } from '@hybridge/views';
import { ulid } from 'ulid';
import { changeItem } from './change-item.ts';
import { statusOf, waitForOutcome } from './change-status.ts';
import { type Place, placeOf } from './place.ts';
import { createProtocolContext } from './protocol-context.ts';
import { readChangeRequest } from './read-change-request.ts';
import {
  type Accepted,
  type ChangeOptions,
  type ChangeRequest,
  type ChangeStatus,
  type DocumentFor,
  type Found,
  type KeyParts,
  ReadSource,
  type ViewReference,
  type WaitOptions,
} from './types.ts';

/** The views of an installation, to be read and changed by a customer's service. */
export interface Hybridge {
  /**
   * One document; undefined where SQL has no such row.
   * @param options `consistent`: see every change accepted before the call, for twice the read cost. Default false
   * @throws InvalidKeyError, ViewError for an unknown view, SqlReadError, the store's errors
   */
  get<const V extends ViewReference>(
    view: V,
    key: KeyParts,
    options?: { readonly consistent?: boolean },
  ): Promise<Found<DocumentFor<V>> | undefined>;

  /**
   * Changes one document. Visible at once and kept for SQL to answer; `waitFor` tells how it ended.
   * @throws NotFoundError, AlreadyExistsError, PreconditionFailedError, TooManyPendingError, NotAllowedError,
   * InvalidValueError, InvalidKeyError, ChangeIdReusedError, UncacheableError, UnsettledError, and as `get`
   */
  change<const V extends ViewReference>(
    view: V,
    key: KeyParts,
    request: ChangeRequest<DocumentFor<V>>,
    options: ChangeOptions,
  ): Promise<Accepted<DocumentFor<V>>>;

  /** Where a change stands now. */
  statusOf(view: ViewReference, key: KeyParts, changeId: string): Promise<ChangeStatus>;

  /** Where a change stands once SQL has answered it, or when the time is up (`pending`). Never throws for a rejection. */
  waitFor(view: ViewReference, key: KeyParts, changeId: string, options?: WaitOptions): Promise<ChangeStatus>;
}

/** Point reads of the view table, as `@hybridge/reader-dynamodb` gives them. */
export interface ItemReads {
  get(key: ItemKey, options?: { readonly consistent?: boolean }): Promise<Item | undefined>;
}

export interface HybridgeDependencies {
  readonly catalog: Catalog;
  readonly items: ItemReads;
  readonly store: ItemStore;
  readonly rows: RowReader;
  /** Default: the real clock, ULIDs and the default limits. */
  readonly context?: ProtocolContext;
}

export function createHybridge(dependencies: HybridgeDependencies): Hybridge {
  const { catalog, items, store, rows, context = createProtocolContext() } = dependencies;
  const filler = createFiller({ store, rows, context });
  const place = (view: ViewReference, key: KeyParts): Place => placeOf(catalog, view, key);

  const get = async (at: Place, consistent: boolean): Promise<Found<Document> | undefined> => {
    const item = await items.get(at.itemKey, { consistent });
    const verdict = judgeRead(item, context.now());
    if (verdict === 'hit' && item !== undefined) return foundItem(at, item, ReadSource.item);
    return verdict === 'not-found' ? undefined : foundByFill(at, await filler.fill(at.view, at.itemKey, at.keyRow));
  };

  const change = async (
    at: Place,
    request: ChangeRequest<Document>,
    options: ChangeOptions,
  ): Promise<Accepted<Document>> => {
    const customerChange: CustomerChange = {
      ...readChangeRequest(at, request),
      id: options.id ?? ulid(),
      key: at.itemKey,
      columnNames: at.view.itemColumns,
      by: options.by,
      ...(options.ifMatch === undefined ? {} : { ifNonce: options.ifMatch }),
    };
    const { item, repeated } = await changeItem({ store, filler, context }, at, customerChange);
    const visible = item !== undefined && judgeRead(item, context.now()) === 'hit' ? item : undefined;
    return {
      changeId: customerChange.id,
      document: visible === undefined ? undefined : toDocument(at.view, columnsOf(visible)),
      version: item === undefined ? undefined : nonceOf(item),
      repeated,
    };
  };

  return {
    // The documents are those of the view by construction; only their names are lost on the way.
    get: async (view, key, options) => (await get(place(view, key), options?.consistent ?? false)) as never,
    change: async (view, key, request, options) =>
      (await change(place(view, key), request as ChangeRequest<Document>, options)) as never,
    statusOf: async (view, key, changeId) => statusOf(await store.get(place(view, key).itemKey), changeId),
    waitFor: async (view, key, changeId, options) =>
      waitForOutcome(store, place(view, key).itemKey, changeId, options ?? {}),
  };
}

const foundItem = ({ view }: Place, item: Item, source: ReadSource): Found<Document> => ({
  document: toDocument(view, columnsOf(item)),
  version: nonceOf(item),
  source,
  pending: pendingOf(item).map(({ id }) => id),
});

function foundByFill(at: Place, result: FillResult): Found<Document> | undefined {
  if (result.columns === undefined) return undefined;
  if (result.outcome === 'hit') return foundItem(at, result.item, ReadSource.item);
  if (result.outcome === 'filled' && result.item !== undefined) return foundItem(at, result.item, ReadSource.fill);
  return { document: toDocument(at.view, result.columns), version: undefined, source: ReadSource.sql, pending: [] };
}

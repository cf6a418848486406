import type { Document, DocumentOf, View } from '@hybridge/views';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- views are invariant in their column types
export type ViewLike = View<any, any>;

/** A view by its definition, which types the documents, or by its name. */
export type ViewReference = string | ViewLike;

/** What a reader of the view sees; untyped where only the name is known. */
export type DocumentFor<V extends ViewReference> = V extends View<infer C, infer A> ? DocumentOf<C, A> : Document;

/** Key parts in the order of the primary key. Integers above 2^53 as strings or bigints. */
export type KeyParts = readonly (string | number | bigint)[];

export const ReadSource = {
  /** The item answered. */
  item: 'item',
  /** SQL answered, and the item now holds the answer. */
  fill: 'fill',
  /** SQL answered; the answer was not stored. */
  sql: 'sql',
} as const;
export type ReadSource = (typeof ReadSource)[keyof typeof ReadSource];

export interface Found<D> {
  readonly document: D;
  /** Changes with every change of the document: what `ifMatch` takes. Undefined when SQL answered uncached. */
  readonly version: string | undefined;
  readonly source: ReadSource;
  /** Ids of the customer changes in the document that SQL has not answered yet, oldest first. */
  readonly pending: readonly string[];
}

export type ChangeRequest<D> =
  /** New values of some attributes. */
  | { readonly op: 'update'; readonly set: Partial<D> }
  /** A new row. Key attributes may be left out, attributes that may be null too. */
  | { readonly op: 'insert'; readonly values: Partial<D> }
  | { readonly op: 'delete' };

export interface ChangeOptions {
  /** Who asks for the change; kept beside it all the way to SQL. */
  readonly by: string;
  /** `version` of the document the customer looked at: any other state refuses the change. */
  readonly ifMatch?: string | undefined;
  /**
   * Unique over all changes of all items, as SQL remembers it; default a new ULID. The same change sent again under
   * the same id is accepted once.
   */
  readonly id?: string | undefined;
}

export interface Accepted<D> {
  readonly changeId: string;
  /** As visible from now on; undefined after a deletion. */
  readonly document: D | undefined;
  readonly version: string | undefined;
  /** The id was known already; nothing was written. */
  readonly repeated: boolean;
}

/** Where a change stands. `unknown`: the item never had it, or has seen more outcomes since than it remembers. */
export type ChangeStatus =
  | { readonly status: 'pending'; readonly since: Date }
  | { readonly status: 'applied'; readonly at: Date }
  | { readonly status: 'rejected'; readonly at: Date; readonly code: string; readonly message: string }
  | { readonly status: 'unknown' };

export interface WaitOptions {
  /** Default 10 000. */
  readonly timeoutMs?: number;
  /** Ends the wait early. */
  readonly signal?: AbortSignal;
}

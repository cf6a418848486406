import type { Document, DocumentIn, DocumentOf, View } from '@hybridge/views';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- views are invariant in their column types
export type ViewLike = View<any, any>;

/** A view by its definition, which types the documents, or by its name. */
export type ViewReference = string | ViewLike;

/** What a reader of the view sees; untyped where only the name is known. */
export type DocumentFor<V extends ViewReference> = V extends ViewLike ? DocumentIn<V> : Document;

/** What of it a change may name: nobody sets what is computed. */
export type RowFor<V extends ViewReference> = V extends View<infer C, infer A> ? DocumentOf<C, A> : Document;

/** Integers above 2^53 as strings or bigints. */
export type KeyValue = string | number | bigint;

/** Key parts: those of the primary key in its order, or, where items move, the columns of the key template in its order. */
export type KeyParts = readonly KeyValue[];

/** One value for each part. */
type ValuesOf<Parts extends readonly unknown[]> = { readonly [Index in keyof Parts]: KeyValue };

/** Names of the columns in parts of a key template, each once, in order. */
type NamesIn<Parts extends readonly unknown[], Seen extends readonly string[] = readonly []> = Parts extends readonly [
  infer First,
  ...infer Rest,
]
  ? First extends { readonly column: infer Name extends string }
    ? NamesIn<Rest, Name extends Seen[number] ? Seen : readonly [...Seen, Name]>
    : NamesIn<Rest, Seen>
  : Seen;

/** The primary key, unless the template has columns beside it, which let items move. */
type AddressOf<Names extends readonly string[], InTemplate extends readonly string[]> = [
  Exclude<InTemplate[number], Names[number]>,
] extends [never]
  ? Names
  : InTemplate;

/** Key parts of a view: as many as name an item of it, where its definition is at hand. */
export type KeyFor<V extends ViewReference> = V extends {
  readonly table: { readonly primaryKey: infer Names extends readonly string[] };
  readonly key: { readonly pk: infer Pk extends readonly unknown[]; readonly sk: infer Sk extends readonly unknown[] };
}
  ? ValuesOf<AddressOf<Names, NamesIn<readonly [...Pk, ...Sk]>>>
  : KeyParts;

type ColumnsIn<Parts extends readonly unknown[]> = Parts extends readonly [infer First, ...infer Rest]
  ? First extends { readonly column: string }
    ? readonly [KeyValue, ...ColumnsIn<Rest>]
    : ColumnsIn<Rest>
  : readonly [];

/** The columns of a view's partition key in the order of its template. */
export type PartitionKeyFor<V extends ViewReference> = V extends {
  readonly key: { readonly pk: infer Parts extends readonly unknown[] };
}
  ? number extends Parts['length']
    ? KeyParts
    : ColumnsIn<Parts>
  : KeyParts;

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
  /**
   * Another one after every change of the document, of the rows that it embeds too: what `ifMatch` takes, and an ETag.
   * Undefined when SQL answered uncached.
   */
  readonly version: string | undefined;
  readonly source: ReadSource;
  /** Ids of the customer changes in the document that SQL has not answered yet, oldest first. */
  readonly pending: readonly string[];
}

export interface GetOptions {
  /** See every change accepted before the call, for twice the read cost. Default false. */
  readonly consistent?: boolean;
  /**
   * Token of a change of this document: the answer shows it, or what came after it. Reads consistently, whatever
   * `consistent` says.
   */
  readonly after?: string | undefined;
  /**
   * Whether "not found" that was true a while ago is an answer while SQL cannot be asked. Default true; never with
   * `after`.
   */
  readonly allowStale?: boolean;
}

export interface BatchGetOptions {
  readonly consistent?: boolean;
  readonly allowStale?: boolean;
}

/** The answer to a read, and where it came from. */
export interface Lookup<D> {
  /** Undefined where SQL has no such row. */
  readonly found: Found<D> | undefined;
  readonly source: ReadSource;
  /** True: SQL could not be asked, and this was true when it last could. */
  readonly stale: boolean;
}

/** Which items of a partition a query is to list. */
export interface QueryOptions {
  /** Leading parts of the sort key that are not in the partition key: where to begin, included. */
  readonly from?: KeyParts;
  /** As `from`: where to end. Everything that begins with these parts is included. */
  readonly to?: KeyParts;
  /** Documents of one page at most; default 100, at most 1 000. */
  readonly limit?: number;
  /** `cursor` of the page before. */
  readonly cursor?: string | undefined;
  /** By the text of the sort key, in which numbers stand as text too. Default `ascending`. */
  readonly order?: 'ascending' | 'descending';
  /** As for `get`. Default false. */
  readonly consistent?: boolean;
}

/** A document of a list, with the key it is read and changed by. */
export interface Listed<D> extends Found<D> {
  /** As `get` takes it. */
  readonly key: readonly string[];
}

export interface Page<D> {
  /** Possibly none, or fewer than asked for, although there are more. */
  readonly items: readonly Listed<D>[];
  /** What the next page begins behind; undefined at the end. */
  readonly cursor: string | undefined;
}

/** Views whose items lie under the same partition keys, each under a name of the caller's. */
export type CollectionViews = { readonly [name: string]: ViewReference };

/** Of `limit`, the documents of all views count together. */
export type CollectionOptions = Omit<QueryOptions, 'from' | 'to'>;

/** A page of the documents of several views, by the names they were asked for. */
export interface CollectionPage<Views extends CollectionViews> {
  readonly items: { readonly [Name in keyof Views]: readonly Listed<DocumentFor<Views[Name]>>[] };
  /** What the next page begins behind; undefined at the end. */
  readonly cursor: string | undefined;
}

/** The views that a view collects, by name; of any names where only its own name is known. */
export type CollectedBy<V extends ViewReference> = V extends { readonly collect: infer Views extends CollectionViews }
  ? Views
  : CollectionViews;

export type CollectionNameFor<V extends ViewReference> = keyof CollectedBy<V> & string;

/** Of `limit`, the documents of all collections count together; the one that has them does not. */
export interface GetCollectionOptions<Name extends string = string> extends CollectionOptions {
  /** Which of its collections; default all. */
  readonly collections?: readonly Name[];
}

/** A document, and a page of the documents that its view collects, by the names of the definition. */
export interface DocumentCollection<V extends ViewReference, Name extends CollectionNameFor<V> = CollectionNameFor<V>> {
  /** As `get` answers, with every page; undefined where SQL has no such row. */
  readonly found: Found<DocumentFor<V>> | undefined;
  readonly items: { readonly [N in Name]: readonly Listed<DocumentFor<CollectedBy<V>[N]>>[] };
  /** What the next page begins behind; undefined at the end. */
  readonly cursor: string | undefined;
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
  /**
   * `version` of the document the customer looked at: any other state of its row refuses the change. What became of the
   * rows that it embeds does not.
   */
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
  /** Names this change of this document: for `get` with `after`, and for `waitFor`. Holds no secret and gives no right. */
  readonly token: string;
}

/** Where a change stands. `unknown`: the item never had it, or has seen more outcomes since than it remembers. */
export type ChangeStatus =
  | { readonly status: 'pending'; readonly since: Date }
  /** With a code where SQL applied less than was asked for, such as `PARTIAL`. */
  | { readonly status: 'applied'; readonly at: Date; readonly code?: string; readonly message?: string }
  | { readonly status: 'rejected'; readonly at: Date; readonly code: string; readonly message: string }
  | { readonly status: 'unknown' };

export interface WaitOptions {
  /** Default 10 000. */
  readonly timeoutMs?: number;
  /** Ends the wait early. */
  readonly signal?: AbortSignal;
}

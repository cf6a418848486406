/** What a query of an index takes, typed by the view's definition. */
import type { Document } from '@hybridge/views';
import type { DocumentFor, QueryOptions, ViewReference } from './types.ts';

type IndexesOf<V> = V extends { readonly indexes: infer Indexes } ? Indexes : never;

/** Names of the view's indexes; any where only its name is known. */
export type IndexNameFor<V extends ViewReference> = V extends string ? string : keyof IndexesOf<V> & string;

type PartsOf<V, N, Key extends 'pk' | 'sk'> =
  IndexesOf<V> extends { readonly [Name in N & string]: { readonly [K in Key]: infer Parts } } ? Parts : never;

type AttributeOf<Part> = Part extends { readonly attribute: infer Name } ? Name : never;

type Values<D, Name> = { readonly [K in Name & keyof D]: NonNullable<D[K]> };

type ValuesOfKey<V extends ViewReference, N, Key extends 'pk' | 'sk'> =
  PartsOf<V, N, Key> extends readonly (infer Part)[]
    ? string extends AttributeOf<Part>
      ? Document
      : Values<DocumentFor<V>, AttributeOf<Part>>
    : Document;

/** A value for each attribute of the index's partition key. */
export type IndexPartitionFor<V extends ViewReference, N> = ValuesOfKey<V, N, 'pk'>;

/** Attributes of the index's sort key. */
export type IndexSortFor<V extends ViewReference, N> = ValuesOfKey<V, N, 'sk'>;

/**
 * Which items of an index's partition to list, and how. Attributes are named from the first of the sort key on, without
 * a gap; those of `equals` count for the bounds too.
 */
export interface IndexQueryOptions<Sort = Document> extends Pick<QueryOptions, 'limit' | 'cursor'> {
  /** Values that every document has. */
  readonly equals?: Partial<Sort>;
  /** Where to begin, included. */
  readonly from?: Partial<Sort>;
  /** Where to end. Everything that has these values is included. */
  readonly to?: Partial<Sort>;
  /** Its last attribute is a text, and documents are listed whose text begins so. Not with `from` or `to`. */
  readonly beginsWith?: Partial<Sort>;
  /** By the sort key: numbers by value, times by time, texts by their bytes. Default `ascending`. */
  readonly order?: 'ascending' | 'descending';
}

import type { Item, ItemKey } from '@hybridge/protocol';

export interface ItemReadOptions {
  /** Strongly consistent. */
  readonly consistent?: boolean;
}

/** Items of one partition key, in the order of the sort key's bytes. */
export interface PartitionQuery {
  readonly pk: string;
  /** First sort key, included. */
  readonly low?: string;
  /** Last sort key, included. */
  readonly high?: string;
  /** Sort key of the last item seen: goes on behind it. */
  readonly after?: string;
  readonly descending?: boolean;
  /** Items read at once at most. */
  readonly limit?: number;
  readonly consistent?: boolean;
}

export interface PartitionPage {
  readonly items: readonly Item[];
  /** Whether there may be further items behind the last one looked at. */
  readonly more: boolean;
}

/** Reads of the view table, as `@hybridge/reader-dynamodb` gives them. */
export interface ItemReads {
  get(key: ItemKey, options?: ItemReadOptions & { readonly signal?: AbortSignal }): Promise<Item | undefined>;
  /** In the order of the keys. Without it, `batchGet` reads them one by one, some side by side. */
  batchGet?(keys: readonly ItemKey[], options?: ItemReadOptions): Promise<readonly (Item | undefined)[]>;
  /** Without it, `query` is refused. */
  query?(query: PartitionQuery): Promise<PartitionPage>;
}

import type { Item, ItemKey } from '@hybridge/protocol';
import type { GetOptions, IndexQuery, PartitionPage, PartitionQuery, ReadOptions } from '@hybridge/reader-dynamodb';

/** Reads of the view table, as `@hybridge/reader-dynamodb` gives them. */
export interface ItemReads {
  get(key: ItemKey, options?: GetOptions): Promise<Item | undefined>;
  /** In the order of the keys. Without it, `batchGet` reads them one by one, some side by side. */
  batchGet?(keys: readonly ItemKey[], options?: ReadOptions): Promise<readonly (Item | undefined)[]>;
  /** Without it, `query` is refused. */
  query?(query: PartitionQuery): Promise<PartitionPage>;
  /** Without it, `queryIndex` is refused. */
  queryIndex?(query: IndexQuery): Promise<PartitionPage>;
}

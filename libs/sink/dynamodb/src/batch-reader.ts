import { type Item, type ItemKey, formatKey } from '@hybridge/protocol';
import { type DynamoDBClient, createItemReader } from '@hybridge/reader-dynamodb';

/** What a read said of one item; `item` undefined: absent. May be handed to `carryOut` as what is known first. */
export interface ReadItem {
  readonly item: Item | undefined;
}

/** Strongly consistent reads of many items, in front of their writes: one read unit per key and 4 KB of item. */
export interface BatchReader {
  /**
   * Any number of keys, 100 a call; keys left unprocessed are asked for again.
   *
   * @returns every key named, as `formatKey` writes it
   * @throws ItemReaderError, with the retry class of the cause
   */
  read(keys: readonly ItemKey[]): Promise<ReadonlyMap<string, ReadItem>>;
}

export interface BatchReaderOptions {
  readonly tableName: string;
}

export function createBatchReader(client: DynamoDBClient, options: BatchReaderOptions): BatchReader {
  const reader = createItemReader(client, options);
  return {
    async read(keys) {
      const items = await reader.batchGet(keys);
      return new Map(keys.map((key, at) => [formatKey(key), { item: items[at] }]));
    },
  };
}

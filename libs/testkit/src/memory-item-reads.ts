import { type Item, type ItemKey, keyOf } from '@hybridge/protocol';
import type { MemoryItemStore } from './memory-item-store.ts';

/** One call of DynamoDB. */
export interface ReadCall {
  readonly call: 'GetItem' | 'BatchGetItem' | 'Query';
  readonly consistent: boolean;
}

interface ReadOptions {
  readonly consistent?: boolean;
}

interface PartitionQuery extends ReadOptions {
  readonly pk: string;
  readonly low?: string;
  readonly high?: string;
  readonly after?: string;
  readonly descending?: boolean;
  readonly limit?: number;
}

/** Reads of a store in memory, as readers of a view table do them. Always consistent; what was asked for is kept. */
export interface MemoryItemReads {
  readonly calls: readonly ReadCall[];
  get(key: ItemKey, options?: ReadOptions): Promise<Item | undefined>;
  batchGet(keys: readonly ItemKey[], options?: ReadOptions): Promise<(Item | undefined)[]>;
  query(query: PartitionQuery): Promise<{ readonly items: readonly Item[]; readonly more: boolean }>;
}

export function createMemoryItemReads(store: MemoryItemStore): MemoryItemReads {
  const calls: ReadCall[] = [];
  const count = (call: ReadCall['call'], consistent = true): void => void calls.push({ call, consistent });
  return {
    calls,
    get: async (key, { consistent } = {}) => {
      count('GetItem', consistent);
      return store.peek(key);
    },
    batchGet: async (keys, { consistent } = {}) => {
      count('BatchGetItem', consistent);
      return keys.map((key) => store.peek(key));
    },
    query: async (query) => {
      count('Query', query.consistent);
      const all = store.items().filter((item) => isAsked(query, keyOf(item)));
      const direction = query.descending === true ? -1 : 1;
      all.sort((a, b) => direction * compareBytes(keyOf(a).sk, keyOf(b).sk));
      const items = all.slice(0, query.limit);
      // As DynamoDB: a page that is full has a key to go on behind, whether or not anything comes.
      return { items, more: items.length === query.limit };
    },
  };
}

function isAsked({ pk, low, high, after, descending = false }: PartitionQuery, key: ItemKey): boolean {
  if (key.pk !== pk) return false;
  if (low !== undefined && compareBytes(key.sk, low) < 0) return false;
  if (high !== undefined && compareBytes(key.sk, high) > 0) return false;
  if (after === undefined) return true;
  return descending ? compareBytes(key.sk, after) < 0 : compareBytes(key.sk, after) > 0;
}

const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

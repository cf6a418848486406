import { type Item, type ItemKey, formatKey, keyOf, scalarOf } from '@hybridge/protocol';
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

interface IndexQuery {
  readonly index: { readonly name: string; readonly partitionKey: string; readonly sortKey: string };
  readonly pk: string;
  readonly low?: string;
  readonly high?: string;
  readonly prefix?: string;
  readonly after?: { readonly sk: string; readonly key: ItemKey };
  readonly descending?: boolean;
  readonly limit?: number;
}

interface ItemPage {
  readonly items: readonly Item[];
  readonly more: boolean;
}

/** Reads of a store in memory, as readers of a view table do them. Always consistent; what was asked for is kept. */
export interface MemoryItemReads {
  readonly calls: readonly ReadCall[];
  get(key: ItemKey, options?: ReadOptions): Promise<Item | undefined>;
  batchGet(keys: readonly ItemKey[], options?: ReadOptions): Promise<(Item | undefined)[]>;
  query(query: PartitionQuery): Promise<ItemPage>;
  /** Items as they are now, in the order of the index's sort key and then of their own key. */
  queryIndex(query: IndexQuery): Promise<ItemPage>;
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
      return firstPage(all, query, (item) => keyOf(item).sk);
    },
    queryIndex: async ({ index, after, ...query }) => {
      count('Query', false);
      const sortKey = (item: Item): string => scalarOf(item[index.sortKey]) ?? '';
      // No character of a key sorts before this one.
      const place = (sk: string, key: ItemKey): string => `${sk}\0${formatKey(key)}`;
      const placeOf = (item: Item): string => place(sortKey(item), keyOf(item));
      const behind = after === undefined ? {} : { after: place(after.sk, after.key) };
      const all = store.items().filter((item) => {
        const sk = sortKey(item);
        const isIn = scalarOf(item[index.partitionKey]) === query.pk && sk.startsWith(query.prefix ?? '');
        return isIn && isWithin(query, sk) && isBehind({ ...behind, descending: query.descending }, placeOf(item));
      });
      return firstPage(all, query, placeOf);
    },
  };
}

type Part = Pick<PartitionQuery, 'descending' | 'limit'>;

function firstPage(all: Item[], { descending = false, limit }: Part, placeOf: (item: Item) => string): ItemPage {
  all.sort((a, b) => (descending ? -1 : 1) * compareBytes(placeOf(a), placeOf(b)));
  const items = all.slice(0, limit);
  // As DynamoDB: a page that is full has a key to go on behind, whether or not anything comes.
  return { items, more: items.length === limit };
}

const isAsked = (query: PartitionQuery, key: ItemKey): boolean =>
  key.pk === query.pk && isWithin(query, key.sk) && isBehind(query, key.sk);

const isWithin = ({ low, high }: Pick<PartitionQuery, 'low' | 'high'>, sk: string): boolean =>
  (low === undefined || compareBytes(sk, low) >= 0) && (high === undefined || compareBytes(sk, high) <= 0);

function isBehind(
  { after, descending = false }: { readonly after?: string; readonly descending?: boolean | undefined },
  place: string,
): boolean {
  if (after === undefined) return true;
  return descending ? compareBytes(place, after) < 0 : compareBytes(place, after) > 0;
}

const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

import { type PartitionReader, keyOf } from '@hybridge/protocol';
import type { MemoryItemStore } from './memory-item-store.ts';

/** What fan-outs read by, of a store in memory. */
export const createMemoryPartitionReader = (store: Pick<MemoryItemStore, 'items'>): PartitionReader => ({
  query: async (partition, after, limit) =>
    store
      .items()
      .map((item) => ({ item, key: keyOf(item) }))
      .filter(({ key }) => key.pk === partition && (after === undefined || compareBytes(key.sk, after) > 0))
      .sort((a, b) => compareBytes(a.key.sk, b.key.sk))
      .slice(0, limit)
      .map(({ item }) => item),
});

const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

import { type Item, type PartitionReader, keyOf } from '@hybridge/protocol';
import type { ItemReader } from './item-reader.ts';

/** What fan-outs read by: fewer items than asked for are the last ones, whatever DynamoDB puts into one answer. */
export const createPartitionReader = (reader: Pick<ItemReader, 'query'>): PartitionReader => ({
  async query(pk, after, limit) {
    const found: Item[] = [];
    let behind = after;
    while (found.length < limit) {
      const { items, more } = await reader.query({
        pk,
        limit: limit - found.length,
        ...(behind === undefined ? {} : { after: behind }),
      });
      found.push(...items);
      const last = items.at(-1);
      if (!more || last === undefined) break;
      behind = keyOf(last).sk;
    }
    return found;
  },
});

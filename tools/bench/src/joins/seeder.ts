/** Fills the table with what the projector would have written, without its conditions. */
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { decodeRecord } from '@hybridge/projector';
import { type Item, type ItemStore, formatKey, isBaseKey } from '@hybridge/protocol';
import { wholeItem } from '@hybridge/sink-dynamodb';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type Catalog, storeRowChange } from '@hybridge/views';
import { projectorContext as context } from '../projector-context.ts';

export interface Seeder {
  /** The items of new rows, with their references and fragments, if their parents came before. */
  itemsOf(records: Iterable<ChangeRecord>): AsyncIterable<Item>;
}

/** @returns one that remembers parents */
export function createSeeder(catalog: Catalog): Seeder {
  const parents = new Map<string, Item>();
  let made: Item[] = [];
  /** An empty table, but for the parents, that takes everything. */
  const store: ItemStore = {
    get: (key) => Promise.resolve(parents.get(formatKey(key))),
    write(write) {
      const item = wholeItem(write);
      made.push(item);
      if (isBaseKey(write.key)) parents.set(formatKey(write.key), item);
      return Promise.resolve({ ok: true, item: undefined });
    },
  };
  const options = { catalog, agedAfterMs: Number.MAX_SAFE_INTEGER, nowMs: 0 };
  return {
    async *itemsOf(records) {
      for (const record of records) {
        for (const work of decodeRecord(record, options)) {
          if (work.kind === 'row') await storeRowChange({ store, context }, work.view, work);
        }
        yield* made;
        made = [];
      }
    },
  };
}

/** Items of one `BatchWriteItem`, and such calls in flight. */
const BATCH = 25;
const IN_FLIGHT = 8;

/** @returns how many were put */
export async function putItems(
  { client, tableName }: { readonly client: DynamoDBClient; readonly tableName: string },
  items: AsyncIterable<Item>,
): Promise<number> {
  const flying = new Set<Promise<unknown>>();
  let waiting: Item[] = [];
  let count = 0;
  const put = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const requests = waiting.map((item) => ({ PutRequest: { Item: item as Record<string, never> } }));
    count += waiting.length;
    waiting = [];
    const call = client
      .send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }))
      .then(({ UnprocessedItems = {} }) => {
        if (Object.keys(UnprocessedItems).length > 0) throw new Error('DynamoDB Local left items unprocessed.');
      })
      .finally(() => flying.delete(call));
    flying.add(call);
    if (flying.size >= IN_FLIGHT) await Promise.race(flying);
  };
  for await (const item of items) {
    waiting.push(item);
    if (waiting.length === BATCH) await put();
  }
  await put();
  await Promise.all(flying);
  return count;
}

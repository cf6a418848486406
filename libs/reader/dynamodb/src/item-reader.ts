import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { type Item, type ItemKey, Meta, PENDING_INDEX, keyOf, scalarOf } from '@hybridge/protocol';
import { ItemReaderError, reading } from './errors.ts';
import { type IndexQuery, indexQueryInput } from './index-query.ts';
import { pauseBefore } from './retry-pause.ts';

/** Keys one BatchGetItem may name. Source: DynamoDB developer guide, "Service quotas". */
export const MAX_BATCH_KEYS = 100;

/** Answers in a row that leave keys unread before `batchGet` gives up. */
const MAX_UNPROCESSED_ANSWERS = 10;

export interface ItemReaderOptions {
  readonly tableName: string;
}

export interface ReadOptions {
  /** Strongly consistent; default true. False costs half and may be a moment behind. */
  readonly consistent?: boolean;
}

export interface GetOptions extends ReadOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal;
}

/** Items of one partition key, in the order of the sort key's bytes. */
export interface PartitionQuery {
  readonly pk: string;
  /** First sort key, included. */
  readonly low?: string;
  /** Last sort key, included; not before `low`. */
  readonly high?: string;
  /** Sort key of the last item seen: goes on behind it. Must lie within the bounds. */
  readonly after?: string;
  /** Default false. */
  readonly descending?: boolean;
  /** Items at most; default as many as fit into DynamoDB's 1 MB. */
  readonly limit?: number;
  /** Default true. */
  readonly consistent?: boolean;
}

export interface PartitionPage {
  readonly items: readonly Item[];
  /** False: these were the last ones. */
  readonly more: boolean;
}

export interface ScanOptions {
  /** Segments read side by side; default 1. */
  readonly segments?: number;
  /** Default false. */
  readonly consistent?: boolean;
  /** Key of the last item seen: the scan goes on behind it. Only for one segment, whose order is always the same. */
  readonly after?: ItemKey;
  /** Attributes to hand out beside the key; default all. Saves time, not read capacity. */
  readonly attributes?: readonly string[];
  readonly signal?: AbortSignal;
}

/** An item that waits for SQL's answer, as the sparse index names it. */
export interface PendingItem {
  readonly key: ItemKey;
  /** When its oldest unanswered change was accepted, milliseconds since 1970. */
  readonly since: number;
}

/** Reads of the view table, items as raw attribute values. Every method throws ItemReaderError. */
export interface ItemReader {
  get(key: ItemKey, options?: GetOptions): Promise<Item | undefined>;
  /** In the order of the keys, undefined for items that are absent. Any number of keys; a key may be named twice. */
  batchGet(keys: readonly ItemKey[], options?: ReadOptions): Promise<(Item | undefined)[]>;
  /** One page of a partition, with one call. */
  query(query: PartitionQuery): Promise<PartitionPage>;
  /** One page of a partition of an index, with one call. */
  queryIndex(query: IndexQuery): Promise<PartitionPage>;
  /** Every item of the table once, in no order that means anything. */
  scan(options?: ScanOptions): AsyncIterable<Item>;
  /** Items with unanswered changes, a moment behind: a work list, never a basis for a decision. */
  pendingItems(options?: { readonly signal?: AbortSignal }): AsyncIterable<PendingItem>;
}

export function createItemReader(client: DynamoDBClient, options: ItemReaderOptions): ItemReader {
  const { tableName } = options;
  return {
    get: (key, { consistent = true, signal } = {}) =>
      reading('GetItem', async () => {
        const command = new GetItemCommand({ TableName: tableName, Key: rawKey(key), ConsistentRead: consistent });
        const answer = await (signal === undefined
          ? client.send(command)
          : client.send(command, { abortSignal: signal }));
        return answer.Item as Item | undefined;
      }),

    query: (query) => readPage(client, { TableName: tableName, ...queryInput(query) }),

    queryIndex: (query) => readPage(client, { TableName: tableName, ...indexQueryInput(query) }),

    async batchGet(keys, { consistent = true } = {}) {
      const distinct = [...new Map(keys.map((key) => [identityOf(key), key])).values()];
      const found = new Map<string, Item>();
      for (let start = 0; start < distinct.length; start += MAX_BATCH_KEYS) {
        const request = { Keys: distinct.slice(start, start + MAX_BATCH_KEYS).map(rawKey), ConsistentRead: consistent };
        for (const item of await readBatch(client, tableName, request)) found.set(identityOf(keyOf(item)), item);
      }
      return keys.map((key) => found.get(identityOf(key)));
    },

    scan: ({ segments = 1, consistent = false, after, attributes, signal } = {}) =>
      sideBySide(
        Array.from({ length: segments }, (_, segment) =>
          pages(client, signal, {
            TableName: tableName,
            ConsistentRead: consistent,
            ...(segments === 1 ? {} : { Segment: segment, TotalSegments: segments }),
            ...(attributes === undefined ? {} : projectionOf(['pk', 'sk', ...attributes])),
            ...(segments === 1 && after !== undefined ? { ExclusiveStartKey: rawKey(after) } : {}),
          }),
        ),
      ),

    async *pendingItems({ signal } = {}) {
      for await (const page of pages(client, signal, { TableName: tableName, IndexName: PENDING_INDEX })) {
        for (const item of page) {
          yield { key: keyOf(item), since: Date.parse(scalarOf(item[Meta.pendingSince]) ?? '') };
        }
      }
    },
  };
}

const readPage = (client: DynamoDBClient, input: QueryCommandInput): Promise<PartitionPage> =>
  reading('Query', async () => {
    const answer = await client.send(new QueryCommand(input));
    return { items: (answer.Items ?? []) as Item[], more: answer.LastEvaluatedKey !== undefined };
  });

const rawKey = (key: ItemKey) => ({ pk: { S: key.pk }, sk: { S: key.sk } });

function queryInput({ pk, low, high, after, descending = false, limit, consistent = true }: PartitionQuery) {
  return {
    KeyConditionExpression: `pk = :pk${boundsOf(low, high)}`,
    ExpressionAttributeValues: {
      ':pk': { S: pk },
      ...(low === undefined ? {} : { ':low': { S: low } }),
      ...(high === undefined ? {} : { ':high': { S: high } }),
    },
    ScanIndexForward: !descending,
    ConsistentRead: consistent,
    ...(limit === undefined ? {} : { Limit: limit }),
    ...(after === undefined ? {} : { ExclusiveStartKey: rawKey({ pk, sk: after }) }),
  };
}

function boundsOf(low: string | undefined, high: string | undefined): string {
  if (low !== undefined && high !== undefined) return ' AND sk BETWEEN :low AND :high';
  if (low !== undefined) return ' AND sk >= :low';
  return high === undefined ? '' : ' AND sk <= :high';
}

const projectionOf = (attributes: readonly string[]) => ({
  ProjectionExpression: attributes.map((_, i) => `#a${i}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(attributes.map((name, i) => [`#a${i}`, name])),
});

const identityOf = (key: ItemKey): string => JSON.stringify([key.pk, key.sk]);

async function readBatch(client: DynamoDBClient, tableName: string, request: KeysAndAttributes): Promise<Item[]> {
  const items: Item[] = [];
  let rest: KeysAndAttributes | undefined = request;
  for (let attempt = 0; rest !== undefined; attempt++) {
    if (attempt > MAX_UNPROCESSED_ANSWERS) {
      throw new ItemReaderError('BatchGetItem', 'transient', `${rest.Keys?.length} keys were never processed`);
    }
    await pauseBefore(attempt);
    const command = new BatchGetItemCommand({ RequestItems: { [tableName]: rest } });
    const answer: BatchGetItemCommandOutput = await reading('BatchGetItem', () => client.send(command));
    items.push(...((answer.Responses?.[tableName] ?? []) as Item[]));
    const unprocessed: KeysAndAttributes | undefined = answer.UnprocessedKeys?.[tableName];
    rest = (unprocessed?.Keys?.length ?? 0) > 0 ? { ...request, Keys: unprocessed?.Keys } : undefined;
  }
  return items;
}

async function* pages(
  client: DynamoDBClient,
  signal: AbortSignal | undefined,
  input: ScanCommandInput,
): AsyncGenerator<readonly Item[]> {
  let start = input.ExclusiveStartKey;
  do {
    signal?.throwIfAborted();
    const command: ScanCommand = new ScanCommand({ ...input, ExclusiveStartKey: start });
    const answer: ScanCommandOutput = await reading('Scan', () => client.send(command));
    yield (answer.Items ?? []) as Item[];
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
}

/** Hands out items of all segments as their pages come; one page of each segment is asked for ahead. */
async function* sideBySide(segments: readonly AsyncGenerator<readonly Item[]>[]): AsyncGenerator<Item> {
  const next = (index: number) => {
    const page = (segments[index] as AsyncGenerator<readonly Item[]>).next().then((result) => ({ index, result }));
    page.catch(() => undefined); // seen by the race; until then a failure must not count as unhandled
    return page;
  };
  const running = new Map(segments.map((_, index) => [index, next(index)]));
  try {
    while (running.size > 0) {
      const { index, result } = await Promise.race(running.values());
      running.delete(index);
      if (result.done === true) continue;
      running.set(index, next(index));
      yield* result.value;
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}

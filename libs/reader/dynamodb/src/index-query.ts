import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { ItemKey } from '@hybridge/protocol';
import type { TableIndex } from '@hybridge/views';

/** Items of one partition of a global secondary index, in the order of its sort key's bytes. Always a moment behind. */
export interface IndexQuery {
  readonly index: TableIndex;
  /** Value of the index's partition key. */
  readonly pk: string;
  /** First sort key, included. Not with `prefix`. */
  readonly low?: string;
  /** Last sort key, included; not before `low`. Not with `prefix`. */
  readonly high?: string;
  /** What the sort keys begin with. */
  readonly prefix?: string;
  /** Sort key and item key of the last item seen, there or not: goes on behind it. */
  readonly after?: IndexPosition;
  /** Default false. */
  readonly descending?: boolean;
  /** Items at most; default as many as fit into DynamoDB's 1 MB. */
  readonly limit?: number;
}

/** Several items may have one sort key: the item key tells them apart. */
export interface IndexPosition {
  readonly sk: string;
  readonly key: ItemKey;
}

type Bounds = Pick<IndexQuery, 'low' | 'high' | 'prefix'>;

export function indexQueryInput(query: IndexQuery): Omit<QueryCommandInput, 'TableName'> {
  const { index, pk, after, descending = false, limit } = query;
  const bounds = boundsOf(query);
  return {
    IndexName: index.name,
    KeyConditionExpression: `#pk = :pk${bounds.condition}`,
    ExpressionAttributeNames: {
      '#pk': index.partitionKey,
      ...(bounds.condition === '' ? {} : { '#sk': index.sortKey }),
    },
    ExpressionAttributeValues: { ':pk': { S: pk }, ...bounds.values },
    ScanIndexForward: !descending,
    ...(limit === undefined ? {} : { Limit: limit }),
    ...(after === undefined ? {} : { ExclusiveStartKey: startKey(index, pk, after) }),
  };
}

function boundsOf({ low, high, prefix }: Bounds) {
  const values = { ...valueOf(':low', low), ...valueOf(':high', high), ...valueOf(':prefix', prefix) };
  return { condition: conditionOf({ low, high, prefix } as Bounds), values };
}

function conditionOf({ low, high, prefix }: Bounds): string {
  if (prefix !== undefined) return ' AND begins_with(#sk, :prefix)';
  if (low !== undefined && high !== undefined) return ' AND #sk BETWEEN :low AND :high';
  if (low !== undefined) return ' AND #sk >= :low';
  return high === undefined ? '' : ' AND #sk <= :high';
}

const valueOf = (name: string, text: string | undefined) => (text === undefined ? {} : { [name]: { S: text } });

const startKey = ({ partitionKey, sortKey }: IndexQuery['index'], pk: string, { sk, key }: IndexPosition) => ({
  [partitionKey]: { S: pk },
  [sortKey]: { S: sk },
  pk: { S: key.pk },
  sk: { S: key.sk },
});

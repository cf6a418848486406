import { createHash } from 'node:crypto';
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { type ItemKey, formatKey } from '@hybridge/protocol';
import { toSinkError } from './errors.ts';

/** A key whose changes wait, because one of them could not be applied. */
export interface ParkedKey {
  readonly view: string;
  readonly key: ItemKey;
  /** Where the record lies that could not be applied. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly reason: string;
  /** When it was parked, milliseconds since 1970. */
  readonly at: number;
}

/** The keys parked, as control items of the view table. Every method throws DynamoDbSinkError. */
export interface ParkedKeys {
  /** In the order of parking. */
  list(): Promise<readonly ParkedKey[]>;
  has(key: ItemKey): Promise<boolean>;
  /** The first record that parked a key stays its reason. */
  park(parked: ParkedKey): Promise<void>;
  release(key: ItemKey): Promise<void>;
}

const CONTROL_PK = 'C#parked';

/** Most characters of a reason that are kept. */
const MAX_REASON = 2_000;

export function createParkedKeys(client: DynamoDBClient, options: { readonly tableName: string }): ParkedKeys {
  const { tableName: TableName } = options;
  const control: ItemKey = { pk: CONTROL_PK, sk: '' };

  return {
    async list() {
      const parked: ParkedKey[] = [];
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
      try {
        do {
          const page = await client.send(
            new QueryCommand({
              TableName,
              ConsistentRead: true,
              KeyConditionExpression: 'pk = :pk',
              ExpressionAttributeValues: { ':pk': { S: CONTROL_PK } },
              ExclusiveStartKey,
            }),
          );
          parked.push(...(page.Items ?? []).map(fromItem));
          ExclusiveStartKey = page.LastEvaluatedKey;
        } while (ExclusiveStartKey !== undefined);
      } catch (cause) {
        throw toSinkError(control, cause);
      }
      return parked.toSorted((a, b) => a.at - b.at);
    },

    async has(key) {
      try {
        const { Item } = await client.send(
          new GetItemCommand({ TableName, Key: controlKey(key), ConsistentRead: true }),
        );
        return Item !== undefined;
      } catch (cause) {
        throw toSinkError(key, cause);
      }
    },

    async park(parked) {
      if (await this.has(parked.key)) return;
      try {
        await client.send(new PutItemCommand({ TableName, Item: toItem(parked) }));
      } catch (cause) {
        throw toSinkError(parked.key, cause);
      }
    },

    async release(key) {
      try {
        await client.send(new DeleteItemCommand({ TableName, Key: controlKey(key) }));
      } catch (cause) {
        throw toSinkError(key, cause);
      }
    },
  };
}

/** A digest, as the key itself may be longer than a sort key can be: that may be why it is parked. */
const controlKey = (key: ItemKey): Record<string, AttributeValue> => ({
  pk: { S: CONTROL_PK },
  sk: { S: createHash('sha256').update(formatKey(key)).digest('hex') },
});

const toItem = (parked: ParkedKey): Record<string, AttributeValue> => ({
  ...controlKey(parked.key),
  view: { S: parked.view },
  item_pk: { S: parked.key.pk },
  item_sk: { S: parked.key.sk },
  topic: { S: parked.topic },
  partition: { N: String(parked.partition) },
  offset: { N: parked.offset },
  reason: { S: parked.reason.slice(0, MAX_REASON) },
  at: { N: String(parked.at) },
});

const fromItem = (item: Record<string, AttributeValue>): ParkedKey => ({
  view: textOf(item, 'view'),
  key: { pk: textOf(item, 'item_pk'), sk: textOf(item, 'item_sk') },
  topic: textOf(item, 'topic'),
  partition: numberOf(item, 'partition'),
  offset: item['offset']?.N ?? '',
  reason: textOf(item, 'reason'),
  at: numberOf(item, 'at'),
});

const textOf = (item: Record<string, AttributeValue>, name: string): string => item[name]?.S ?? '';

const numberOf = (item: Record<string, AttributeValue>, name: string): number => Number(item[name]?.N);

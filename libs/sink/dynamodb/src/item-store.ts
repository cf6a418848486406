import {
  type AttributeValue as SdkAttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Attributes, Item, ItemKey, ItemStore, Write, WriteResult } from '@hybridge/protocol';
import { toSinkError } from './errors.ts';

/** DynamoDB refuses items above this many bytes (Service quotas: item size). */
export const MAX_ITEM_BYTES = 400 * 1024;

export interface ItemStoreOptions {
  readonly tableName: string;
}

/** The view table. @throws DynamoDbSinkError from both operations, with the retry class of the cause */
export function createItemStore(client: DynamoDBClient, options: ItemStoreOptions): ItemStore {
  const { tableName } = options;
  return {
    async get(key) {
      try {
        const answer = await client.send(
          new GetItemCommand({ TableName: tableName, Key: toSdkKey(key), ConsistentRead: true }),
        );
        return answer.Item === undefined ? undefined : fromSdk(answer.Item);
      } catch (cause) {
        throw toSinkError(key, cause);
      }
    },

    async write(write) {
      try {
        if (write.update === '') {
          await client.send(new DeleteItemCommand(toDeletion(tableName, write)));
          return { ok: true, item: undefined };
        }
        const answer = await client.send(new UpdateItemCommand(toRequest(tableName, write)));
        return { ok: true, item: answer.Attributes === undefined ? undefined : fromSdk(answer.Attributes) };
      } catch (cause) {
        return refusalOf(cause) ?? Promise.reject(toSinkError(write.key, cause));
      }
    },
  };
}

const toDeletion = (tableName: string, write: Write) => ({
  TableName: tableName,
  Key: toSdkKey(write.key),
  ConditionExpression: write.condition,
  ExpressionAttributeNames: write.names,
  ExpressionAttributeValues: toSdk(write.values),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

const toRequest = (tableName: string, write: Write) => ({
  ...toDeletion(tableName, write),
  UpdateExpression: write.update,
  ReturnValues: write.returnNew ? ('ALL_NEW' as const) : ('NONE' as const),
});

/** A refused condition is an answer, not an error: it carries the item as it stood. */
function refusalOf(cause: unknown): WriteResult | undefined {
  if (!(cause instanceof ConditionalCheckFailedException)) return undefined;
  return { ok: false, item: cause.Item === undefined ? undefined : fromSdk(cause.Item) };
}

const toSdkKey = (key: ItemKey): Record<string, SdkAttributeValue> => ({ pk: { S: key.pk }, sk: { S: key.sk } });

// The SDK's attribute value is the same JSON with `undefined` members added to its type; nothing is converted.
const toSdk = (values: Attributes): Record<string, SdkAttributeValue> => values as Record<string, SdkAttributeValue>;
const fromSdk = (values: Record<string, SdkAttributeValue>): Item => values as unknown as Item;

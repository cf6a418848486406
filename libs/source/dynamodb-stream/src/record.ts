import type { _Record as SdkRecord } from '@aws-sdk/client-dynamodb-streams';
import { type Item, type ItemKey, keyOf } from '@hybridge/protocol';

/** One write to one item: how it stood before and after. */
export interface StreamRecord {
  readonly key: ItemKey;
  /** Undefined: the item did not exist. */
  readonly oldImage?: Item;
  /** Undefined: the item was removed. */
  readonly newImage?: Item;
  /** Position in the shard; grows along the lineage of an item. */
  readonly sequence: string;
  /** When the write happened, milliseconds since 1970, to the second. */
  readonly at: number;
  /** DynamoDB itself removed the item because its time to live was over. */
  readonly byTtl: boolean;
}

/** Principal that DynamoDB names when it removes an expired item. */
const TTL_PRINCIPAL = 'dynamodb.amazonaws.com';

/** @throws ProtocolError for a record without `pk` and `sk`: not a record of a view table */
export function toStreamRecord(record: SdkRecord): StreamRecord {
  const change = record.dynamodb ?? {};
  return {
    key: keyOf(toItem(change.Keys ?? {})),
    ...(change.OldImage === undefined ? {} : { oldImage: toItem(change.OldImage) }),
    ...(change.NewImage === undefined ? {} : { newImage: toItem(change.NewImage) }),
    sequence: change.SequenceNumber ?? '',
    at: change.ApproximateCreationDateTime?.getTime() ?? 0,
    byTtl: record.userIdentity?.PrincipalId === TTL_PRINCIPAL,
  };
}

// The SDK's attribute value is the same JSON with `undefined` members added to its type; nothing is converted.
const toItem = (image: NonNullable<SdkRecord['dynamodb']>['Keys']): Item => image as unknown as Item;

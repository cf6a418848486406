import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { toCheckpointError } from './errors.ts';
import { MAX_KEYS_PER_BATCH_GET, SEQUENCE_DIGITS, STREAM_RETENTION_MS } from './limits.ts';

/** How far one shard is done. */
export interface Checkpoint {
  /** The last record that is done with; undefined: none yet. */
  readonly sequence: string | undefined;
  /** The shard is closed and read to its end: its children may start. */
  readonly finished: boolean;
}

/** A shard of one incarnation of a stream. A recreated stream has another ARN, so its checkpoints are others too. */
export interface ShardId {
  readonly streamArn: string;
  readonly shardId: string;
}

/** Positions that outlive the process. */
export interface CheckpointStore {
  /** Checkpoints by shard id; shards never committed are missing. */
  load(streamArn: string, shardIds: readonly string[]): Promise<ReadonlyMap<string, Checkpoint>>;
  /** Moves a checkpoint forward. False: it stands further on already, so nothing was written. */
  advance(shard: ShardId, sequence: string): Promise<boolean>;
  finish(shard: ShardId): Promise<void>;
}

export interface CheckpointStoreOptions {
  /** A table with hash key `id` (string). Its TTL attribute, if wanted, is `expiresAt`. */
  readonly tableName: string;
}

/** Finished checkpoints are kept so long that no listing can name their shard any more. */
const FINISHED_TTL_MS = 7 * STREAM_RETENTION_MS;

/** @throws StreamSourceError `HYBRIDGE_SOURCE_CHECKPOINT_…` from every operation */
export function createCheckpointStore(client: DynamoDBClient, options: CheckpointStoreOptions): CheckpointStore {
  const TableName = options.tableName;
  return {
    async load(streamArn, shardIds) {
      const found = new Map<string, Checkpoint>();
      for (let start = 0; start < shardIds.length; start += MAX_KEYS_PER_BATCH_GET) {
        const ids = shardIds.slice(start, start + MAX_KEYS_PER_BATCH_GET);
        for (const item of await loadBatch(
          client,
          TableName,
          ids.map((shardId) => idOf({ streamArn, shardId })),
        )) {
          const id = item['id']?.S ?? '';
          found.set(id.slice(streamArn.length + 1), {
            sequence: item['sequence']?.S,
            finished: item['finished']?.BOOL ?? false,
          });
        }
      }
      return found;
    },

    async advance(shard, sequence) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName,
            Key: { id: { S: idOf(shard) } },
            ConditionExpression: 'attribute_not_exists(#rank) OR #rank < :rank',
            UpdateExpression: 'SET #sequence = :sequence, #rank = :rank, #at = :at',
            ExpressionAttributeNames: { '#rank': 'rank', '#sequence': 'sequence', '#at': 'committedAt' },
            ExpressionAttributeValues: {
              ':sequence': { S: sequence },
              ':rank': { S: rankOf(sequence) },
              ':at': { S: new Date().toISOString() },
            },
          }),
        );
        return true;
      } catch (cause) {
        if (cause instanceof ConditionalCheckFailedException) return false;
        throw toCheckpointError(`Checkpoint of ${shard.shardId}`, cause);
      }
    },

    async finish(shard) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName,
            Key: { id: { S: idOf(shard) } },
            UpdateExpression: 'SET #finished = :true, #expiresAt = :expiresAt',
            ExpressionAttributeNames: { '#finished': 'finished', '#expiresAt': 'expiresAt' },
            ExpressionAttributeValues: {
              ':true': { BOOL: true },
              ':expiresAt': { N: String(Math.ceil((Date.now() + FINISHED_TTL_MS) / 1000)) },
            },
          }),
        );
      } catch (cause) {
        throw toCheckpointError(`End of ${shard.shardId}`, cause);
      }
    },
  };
}

const idOf = ({ streamArn, shardId }: ShardId): string => `${streamArn}/${shardId}`;

/** Sequence numbers are decimal and of different lengths; padded, their strings compare like numbers. */
export const rankOf = (sequence: string): string => sequence.padStart(SEQUENCE_DIGITS, '0');

type StoredItem = NonNullable<NonNullable<BatchGetItemCommandOutput['Responses']>[string]>[number];

async function loadBatch(client: DynamoDBClient, tableName: string, ids: readonly string[]): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  let missing = ids;
  while (missing.length > 0) {
    try {
      const answer: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({
          RequestItems: { [tableName]: { Keys: missing.map((id) => ({ id: { S: id } })), ConsistentRead: true } },
        }),
      );
      items.push(...(answer.Responses?.[tableName] ?? []));
      missing = (answer.UnprocessedKeys?.[tableName]?.Keys ?? []).map((key) => key['id']?.S ?? '');
    } catch (cause) {
      throw toCheckpointError('Checkpoints', cause);
    }
  }
  return items;
}

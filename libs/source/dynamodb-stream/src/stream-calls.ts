import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DescribeStreamCommandOutput,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { ShardId } from './checkpoint-store.ts';
import { StreamSourceError, toStreamError } from './errors.ts';
import type { Shard } from './lineage.ts';
import { MAX_RECORDS_PER_CALL } from './limits.ts';
import { type StreamRecord, toStreamRecord } from './record.ts';

/** The parts of the clients that reading needs. */
export type StreamsClient = Pick<DynamoDBStreamsClient, 'send'>;
export type TableClient = Pick<DynamoDBClient, 'send'>;

export interface Page {
  readonly records: readonly StreamRecord[];
  /** Undefined: the shard is closed and read to its end. */
  readonly nextIterator: string | undefined;
}

/** The service's calls in our words. Everything thrown is a `StreamSourceError` with its retry class. */
export interface StreamCalls {
  /** The stream the table has now. @throws `HYBRIDGE_SOURCE_STREAM_MISSING` without table or stream */
  latestStream(tableName: string): Promise<string>;
  /** Every shard the stream still lists. */
  shards(streamArn: string): Promise<readonly Shard[]>;
  /** @param after the last record that is done with; undefined: from the oldest record on */
  iterator(shard: ShardId, after: string | undefined): Promise<string>;
  records(shard: ShardId, iterator: string): Promise<Page>;
}

export function createStreamCalls(streams: StreamsClient, dynamodb: TableClient): StreamCalls {
  return {
    async latestStream(tableName) {
      const arn = await describe(dynamodb, tableName);
      if (arn !== undefined) return arn;
      throw missing(`Table ${tableName} has no stream; enable it with NEW_AND_OLD_IMAGES.`);
    },

    async shards(streamArn) {
      const shards: Shard[] = [];
      let after: string | undefined;
      do {
        const page = await describePage(streams, streamArn, after);
        for (const { ShardId: id, ParentShardId: parentId } of page?.Shards ?? []) {
          if (id !== undefined) shards.push({ id, parentId });
        }
        after = page?.LastEvaluatedShardId;
      } while (after !== undefined);
      return shards;
    },

    async iterator(shard, after) {
      const start =
        after === undefined
          ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
          : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after } as const);
      try {
        const answer = await streams.send(
          new GetShardIteratorCommand({ StreamArn: shard.streamArn, ShardId: shard.shardId, ...start }),
        );
        if (answer.ShardIterator !== undefined) return answer.ShardIterator;
        throw new Error('the service gave no iterator');
      } catch (cause) {
        throw toStreamError(`Iterator of ${shard.shardId}`, cause);
      }
    },

    async records(shard, iterator) {
      const answer = await getRecords(streams, shard, iterator);
      return { records: (answer.Records ?? []).map(toStreamRecord), nextIterator: answer.NextShardIterator };
    },
  };
}

async function describe(dynamodb: TableClient, tableName: string): Promise<string | undefined> {
  try {
    return (await dynamodb.send(new DescribeTableCommand({ TableName: tableName }))).Table?.LatestStreamArn;
  } catch (cause) {
    if (!isNotFound(cause)) throw toStreamError(`Table ${tableName}`, cause);
    throw missing(`Table ${tableName} does not exist.`, cause);
  }
}

async function describePage(
  streams: StreamsClient,
  streamArn: string,
  after: string | undefined,
): Promise<DescribeStreamCommandOutput['StreamDescription']> {
  try {
    const answer: DescribeStreamCommandOutput = await streams.send(
      new DescribeStreamCommand({
        StreamArn: streamArn,
        ...(after === undefined ? {} : { ExclusiveStartShardId: after }),
      }),
    );
    return answer.StreamDescription;
  } catch (cause) {
    if (!isNotFound(cause)) throw toStreamError(`Stream ${streamArn}`, cause);
    throw missing(`Stream ${streamArn} does not exist any more.`, cause);
  }
}

async function getRecords(streams: StreamsClient, shard: ShardId, iterator: string): Promise<GetRecordsCommandOutput> {
  try {
    return await streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: MAX_RECORDS_PER_CALL }));
  } catch (cause) {
    throw toStreamError(`Records of ${shard.shardId}`, cause);
  }
}

const isNotFound = (cause: unknown): boolean => cause instanceof Error && cause.name === 'ResourceNotFoundException';

const missing = (message: string, cause?: unknown): StreamSourceError =>
  new StreamSourceError('HYBRIDGE_SOURCE_STREAM_MISSING', message, { cause });

import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-dynamodb-streams';
import { silentLogger } from '@hybridge/observability';
import { type Checkpoint, type CheckpointStore, rankOf } from './checkpoint-store.ts';
import type { DataLoss, StreamBatch } from './shard-reader.ts';
import type { StreamsClient, TableClient } from './stream-calls.ts';
import { createStreamSource } from './stream-source.ts';

interface FakeShard {
  readonly id: string;
  readonly parentId?: string;
  readonly sequences: number[];
  closed: boolean;
}

const serviceError = (name: string): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 } });

/** DynamoDB Streams with shards that the test opens, fills, trims and closes. One shard a page, two records a read. */
function fakeStreams(shards: FakeShard[]) {
  const fake = {
    arn: 'arn:1',
    shards,
    /** Errors thrown by the next calls, by command name. */
    faults: [] as { command: string; error: Error }[],
    /** Records up to here are gone. */
    trimmedTo: 0,
    iterators: [] as string[],
    listings: 0,
  };
  const fail = (command: string): void => {
    const i = fake.faults.findIndex((fault) => fault.command === command);
    const [fault] = i < 0 ? [] : fake.faults.splice(i, 1);
    if (fault !== undefined) throw fault.error;
  };
  const shardOf = (id: string | undefined): FakeShard => {
    const shard = fake.shards.find((each) => each.id === id);
    if (shard === undefined) throw serviceError('ResourceNotFoundException');
    return shard;
  };
  const listShards = (arn: string | undefined, after: string | undefined) => {
    fail('DescribeStream');
    if (arn !== fake.arn) throw serviceError('ResourceNotFoundException');
    fake.listings++;
    const start = after === undefined ? 0 : fake.shards.findIndex((shard) => shard.id === after) + 1;
    const shard = fake.shards[start];
    return {
      StreamDescription: {
        Shards: shard === undefined ? [] : [{ ShardId: shard.id, ParentShardId: shard.parentId }],
        LastEvaluatedShardId: start < fake.shards.length - 1 ? shard?.id : undefined,
      },
    };
  };
  const openIterator = (id: string | undefined, type: string | undefined, after: string | undefined) => {
    fail('GetShardIterator');
    shardOf(id);
    fake.iterators.push(`${id}:${type}${after === undefined ? '' : `:${after}`}`);
    if (after !== undefined && Number(after) < fake.trimmedTo) throw serviceError('TrimmedDataAccessException');
    return { ShardIterator: `${id}/${after ?? 0}` };
  };
  const readRecords = (iterator: string | undefined) => {
    fail('GetRecords');
    const [id, after] = (iterator ?? '').split('/');
    const shard = shardOf(id);
    const rest = shard.sequences.filter((n) => n > Math.max(Number(after), fake.trimmedTo));
    const page = rest.slice(0, 2);
    const atEnd = shard.closed && rest.length <= 2;
    return {
      Records: page.map((n) => ({
        dynamodb: { Keys: { pk: { S: `item-${n}` }, sk: { S: 'S' } }, SequenceNumber: String(n) },
      })),
      NextShardIterator: atEnd ? undefined : `${id}/${page.at(-1) ?? after}`,
    };
  };
  const streams = {
    send: async (command: unknown) => {
      await new Promise(setImmediate);
      if (command instanceof DescribeStreamCommand) {
        return listShards(command.input.StreamArn, command.input.ExclusiveStartShardId);
      }
      if (command instanceof GetShardIteratorCommand) {
        const { ShardId, ShardIteratorType, SequenceNumber } = command.input;
        return openIterator(ShardId, ShardIteratorType, SequenceNumber);
      }
      if (command instanceof GetRecordsCommand) return readRecords(command.input.ShardIterator);
      throw new Error('unexpected command');
    },
  } as unknown as StreamsClient;
  const dynamodb = {
    send: async (command: unknown) => {
      if (!(command instanceof DescribeTableCommand)) throw new Error('unexpected command');
      fail('DescribeTable');
      return { Table: { LatestStreamArn: fake.arn } };
    },
  } as unknown as TableClient;
  return Object.assign(fake, { streams, dynamodb });
}

function memoryCheckpoints() {
  const saved = new Map<string, Checkpoint>();
  const key = (arn: string, shard: string): string => `${arn}/${shard}`;
  const store: CheckpointStore = {
    load: async (arn, ids) =>
      new Map(
        ids.flatMap((id) => (saved.has(key(arn, id)) ? [[id, saved.get(key(arn, id)) as Checkpoint] as const] : [])),
      ),
    advance: async ({ streamArn, shardId }, sequence) => {
      const old = saved.get(key(streamArn, shardId));
      if (old?.sequence !== undefined && rankOf(old.sequence) >= rankOf(sequence)) return false;
      saved.set(key(streamArn, shardId), { sequence, finished: old?.finished ?? false });
      return true;
    },
    finish: async ({ streamArn, shardId }) => {
      saved.set(key(streamArn, shardId), { sequence: saved.get(key(streamArn, shardId))?.sequence, finished: true });
    },
  };
  return { store, saved };
}

type Fake = ReturnType<typeof fakeStreams>;

/** Runs a source until `until` holds for what it handed out. */
async function read(
  fake: Fake,
  checkpoints: CheckpointStore,
  until: (seen: readonly string[]) => boolean,
  handle: (batch: StreamBatch) => Promise<void> = (batch) => batch.commit(),
) {
  const stop = new AbortController();
  const seen: string[] = [];
  const losses: DataLoss[] = [];
  let retries = 0;
  const source = createStreamSource(
    {
      streams: fake.streams,
      dynamodb: fake.dynamodb,
      checkpoints,
      logger: silentLogger(),
      onDataLoss: (loss) => losses.push(loss),
      onRetry: () => retries++,
    },
    { tableName: 'views', idlePollMs: 1, discoveryIntervalMs: 2, initialDelayMs: 1, maxDelayMs: 2 },
  );
  await source.run(async (batch) => {
    await handle(batch);
    seen.push(...batch.records.map((record) => `${batch.shardId}:${record.sequence}`));
    if (until(seen)) stop.abort();
  }, stop.signal);
  return { seen, losses, retries };
}

const shard = (id: string, sequences: number[], extra: Partial<FakeShard> = {}): FakeShard => ({
  id,
  sequences,
  closed: false,
  ...extra,
});
const times = (n: number) => (seen: readonly string[]) => seen.length >= n;

describe('createStreamSource', () => {
  it('reads a parent to its end before its children, over pages of shards and records', async () => {
    const fake = fakeStreams([
      shard('c1', [20, 21], { parentId: 'p' }),
      shard('c2', [22], { parentId: 'p' }),
      shard('p', [1, 2, 3, 4, 5], { closed: true }),
    ]);
    const { store, saved } = memoryCheckpoints();
    const { seen } = await read(fake, store, times(8));

    expect(seen.slice(0, 5)).toEqual(['p:1', 'p:2', 'p:3', 'p:4', 'p:5']);
    expect(seen.slice(5).sort()).toEqual(['c1:20', 'c1:21', 'c2:22']);
    expect(saved.get('arn:1/p')).toEqual({ sequence: '5', finished: true });
  });

  it('does not start a child while a batch of its parent is not committed', async () => {
    const fake = fakeStreams([shard('p', [1], { closed: true }), shard('c', [9], { parentId: 'p' })]);
    const { store } = memoryCheckpoints();
    const { seen } = await read(fake, store, times(2), async (batch) => {
      if (batch.shardId === 'p') {
        const before = fake.listings;
        while (fake.listings < before + 6) await new Promise(setImmediate);
        expect(fake.iterators.some((iterator) => iterator.startsWith('c:'))).toBe(false);
      }
      await batch.commit();
    });
    expect(seen).toEqual(['p:1', 'c:9']);
  });

  it('finds shards that appear later', async () => {
    const parent = shard('p', [1]);
    const fake = fakeStreams([parent]);
    const { store } = memoryCheckpoints();
    const { seen } = await read(fake, store, times(2), async (batch) => {
      await batch.commit();
      if (batch.shardId !== 'p') return;
      parent.closed = true;
      fake.shards.push(shard('c', [7], { parentId: 'p' }));
    });
    expect(seen).toEqual(['p:1', 'c:7']);
  });

  it('goes on behind the checkpoint after a restart, and does not read finished shards again', async () => {
    const fake = fakeStreams([shard('p', [1, 2], { closed: true }), shard('c', [3, 4, 5, 6], { parentId: 'p' })]);
    const { store } = memoryCheckpoints();
    const first = await read(fake, store, (seen) => seen.includes('c:4'));
    fake.iterators.length = 0;
    const second = await read(fake, store, (seen) => seen.includes('c:6'));

    expect([...first.seen, ...second.seen]).toEqual(['p:1', 'p:2', 'c:3', 'c:4', 'c:5', 'c:6']);
    expect(fake.iterators).toEqual(['c:AFTER_SEQUENCE_NUMBER:4']);
  });

  it('hands a batch out again that was not committed before the end', async () => {
    const fake = fakeStreams([shard('p', [1, 2, 3])]);
    const { store } = memoryCheckpoints();
    const failing = read(fake, store, times(99), async (batch) => {
      if (batch.records[0]?.sequence === '3') throw new Error('bus is down for good');
      await batch.commit();
    });
    await expect(failing).rejects.toThrow('bus is down for good');
    const { seen } = await read(fake, store, times(1));
    expect(seen).toEqual(['p:3']);
  });

  it('refuses a handler that forgets to commit', async () => {
    const fake = fakeStreams([shard('p', [1])]);
    const { store } = memoryCheckpoints();
    await expect(
      read(
        fake,
        store,
        () => false,
        async () => undefined,
      ),
    ).rejects.toMatchObject({
      code: 'HYBRIDGE_SOURCE_BATCH_NOT_COMMITTED',
    });
  });

  it('renews an expired iterator from the last committed record', async () => {
    const fake = fakeStreams([shard('p', [1, 2, 3])]);
    const { store } = memoryCheckpoints();
    const { seen, losses } = await read(fake, store, times(3), async (batch) => {
      await batch.commit();
      if (batch.records[0]?.sequence !== '1') return;
      fake.faults.push({ command: 'GetRecords', error: serviceError('ExpiredIteratorException') });
    });
    expect(seen).toEqual(['p:1', 'p:2', 'p:3']);
    expect(fake.iterators).toEqual(['p:TRIM_HORIZON', 'p:AFTER_SEQUENCE_NUMBER:2']);
    expect(losses).toEqual([]);
  });

  it('tells of trimmed records and goes on from the oldest there is', async () => {
    const fake = fakeStreams([shard('p', [1, 2, 3, 4, 5, 6])]);
    const { store } = memoryCheckpoints();
    await store.advance({ streamArn: 'arn:1', shardId: 'p' }, '2');
    fake.trimmedTo = 4;
    const { seen, losses } = await read(fake, store, times(2));
    expect(seen).toEqual(['p:5', 'p:6']);
    expect(losses).toEqual([{ shardId: 'p', reason: 'trimmed', after: '2' }]);
  });

  it('tells of a parent that vanished before it was read to its end, once', async () => {
    const fake = fakeStreams([shard('c', [9], { parentId: 'p' })]);
    const { store } = memoryCheckpoints();
    await store.advance({ streamArn: 'arn:1', shardId: 'p' }, '2');
    const first = await read(fake, store, times(1));
    expect(first.losses).toMatchObject([{ shardId: 'p', reason: 'gone' }]);
    fake.shards[0]?.sequences.push(10);
    const second = await read(fake, store, times(1));
    expect(second.losses).toEqual([]);
    expect(second.seen).toEqual(['c:10']);
  });

  it('tries throttled and failed calls again', async () => {
    const fake = fakeStreams([shard('p', [1])]);
    for (const command of ['DescribeTable', 'DescribeStream', 'GetShardIterator', 'GetRecords']) {
      fake.faults.push({ command, error: serviceError('LimitExceededException') });
    }
    fake.faults.push({ command: 'GetRecords', error: new Error('socket hang up') });
    const { store } = memoryCheckpoints();
    const { seen, retries } = await read(fake, store, times(1));
    expect(seen).toEqual(['p:1']);
    expect(retries).toBe(5);
  });

  it('stops at an error that trying again does not mend', async () => {
    const fake = fakeStreams([shard('p', [1])]);
    fake.faults.push({ command: 'GetShardIterator', error: serviceError('AccessDeniedException') });
    const { store } = memoryCheckpoints();
    await expect(read(fake, store, times(1))).rejects.toMatchObject({ code: 'HYBRIDGE_SOURCE_STREAM_REFUSED' });
  });

  it('ignores the checkpoints of a stream that was recreated', async () => {
    const fake = fakeStreams([shard('p', [1, 2])]);
    const { store } = memoryCheckpoints();
    await read(fake, store, times(2));
    fake.arn = 'arn:2';
    const { seen } = await read(fake, store, times(2));
    expect(seen).toEqual(['p:1', 'p:2']);
  });

  it('changes over to the new stream when the one it reads disappears', async () => {
    const fake = fakeStreams([shard('p', [1])]);
    const { store } = memoryCheckpoints();
    const { seen } = await read(fake, store, times(2), async (batch) => {
      await batch.commit();
      fake.arn = 'arn:2';
    });
    expect(seen).toEqual(['p:1', 'p:1']);
  });

  it('waits for the handler under way when it is stopped', async () => {
    const fake = fakeStreams([shard('p', [1])]);
    const { store, saved } = memoryCheckpoints();
    const stop = new AbortController();
    const source = createStreamSource(
      { streams: fake.streams, dynamodb: fake.dynamodb, checkpoints: store, logger: silentLogger() },
      { tableName: 'views' },
    );
    await source.run(async (batch) => {
      stop.abort();
      await new Promise(setImmediate);
      await batch.commit();
    }, stop.signal);
    expect(saved.get('arn:1/p')?.sequence).toBe('1');
  });
});

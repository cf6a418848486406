import type { Logger } from '@hybridge/observability';
import { pause } from '@hybridge/runtime';
import type { CheckpointStore, ShardId } from './checkpoint-store.ts';
import { StreamSourceError, isStreamError } from './errors.ts';
import type { StreamRecord } from './record.ts';
import type { Page, StreamCalls } from './stream-calls.ts';

/** Records of one shard, in its order. The next batch of the shard comes only after this one is committed. */
export interface StreamBatch {
  readonly shardId: string;
  readonly records: readonly StreamRecord[];
  /** Everything in the batch is done with: a restart begins behind it. */
  commit(): Promise<void>;
}

export type BatchHandler = (batch: StreamBatch) => Promise<void>;

/** Records that were in the stream and will never be read. */
export interface DataLoss {
  readonly shardId: string;
  /** trimmed: the records behind the checkpoint outlived their retention · gone: the whole shard did. */
  readonly reason: 'trimmed' | 'gone';
  /** The last record known to be read; undefined: none. */
  readonly after: string | undefined;
}

export interface ShardReaderDeps {
  readonly calls: StreamCalls;
  readonly checkpoints: CheckpointStore;
  readonly logger: Logger;
  readonly onDataLoss: (loss: DataLoss) => void;
  /** Repeats a call while its error is transient. */
  readonly retry: <T>(task: () => Promise<T>) => Promise<T>;
  /** Longest pause between reads that find nothing, milliseconds. */
  readonly idlePollMs: number;
}

/** finished: closed, read to its end and recorded as such · gone: the service knows it no more · stopped: by the signal. */
export type ShardEnd = 'finished' | 'gone' | 'stopped';

/** The first pause after a read that found nothing; each further one is twice as long. Milliseconds. */
const FIRST_IDLE_MS = 25;

/** Reads one shard from behind `start` to its end. @throws what `handle` throws, and permanent errors of the service */
export async function readShard(
  deps: ShardReaderDeps,
  shard: ShardId,
  start: string | undefined,
  run: { readonly handle: BatchHandler; readonly signal: AbortSignal },
): Promise<ShardEnd> {
  const cursor: Cursor = { shard, position: start, iterator: undefined };
  let idleMs = FIRST_IDLE_MS;
  while (!run.signal.aborted) {
    const page = await nextPage(deps, cursor);
    if (page === 'gone') return 'gone';
    if (page.records.length > 0) {
      await deliver(deps, cursor, page.records, run.handle);
      idleMs = FIRST_IDLE_MS;
    }
    if (page.nextIterator === undefined) {
      await deps.retry(() => deps.checkpoints.finish(shard));
      return 'finished';
    }
    cursor.iterator = page.nextIterator;
    if (page.records.length > 0) continue;
    await pause(Math.min(idleMs, deps.idlePollMs), run.signal);
    idleMs *= 2;
  }
  return 'stopped';
}

interface Cursor {
  readonly shard: ShardId;
  /** The last committed record. */
  position: string | undefined;
  /** Undefined: to be asked for, from the position. */
  iterator: string | undefined;
}

async function nextPage(deps: ShardReaderDeps, cursor: Cursor): Promise<Page | 'gone'> {
  for (;;) {
    try {
      const iterator = (cursor.iterator ??= await deps.retry(() => deps.calls.iterator(cursor.shard, cursor.position)));
      return await deps.retry(() => deps.calls.records(cursor.shard, iterator));
    } catch (error) {
      if (isStreamError(error, 'HYBRIDGE_SOURCE_SHARD_GONE')) return 'gone';
      reopen(deps, cursor, error);
    }
  }
}

/** @throws the error when a new iterator does not mend it */
function reopen(deps: ShardReaderDeps, cursor: Cursor, error: unknown): void {
  cursor.iterator = undefined;
  if (isStreamError(error, 'HYBRIDGE_SOURCE_ITERATOR_EXPIRED')) return;
  // From the oldest record on there is nothing older to have lost: such a refusal would come back for ever.
  if (!isStreamError(error, 'HYBRIDGE_SOURCE_RECORDS_TRIMMED') || cursor.position === undefined) throw error;
  const { shardId } = cursor.shard;
  deps.logger.error(
    { err: error, shardId, after: cursor.position },
    'stream records were lost: they outlived retention',
  );
  deps.onDataLoss({ shardId, reason: 'trimmed', after: cursor.position });
  cursor.position = undefined;
}

async function deliver(
  deps: ShardReaderDeps,
  cursor: Cursor,
  records: readonly StreamRecord[],
  handle: BatchHandler,
): Promise<void> {
  const { shard } = cursor;
  const last = records.at(-1)?.sequence ?? '';
  let committed = false;
  await handle({
    shardId: shard.shardId,
    records,
    commit: async () => {
      const moved = await deps.retry(() => deps.checkpoints.advance(shard, last));
      if (!moved) {
        deps.logger.warn(
          { shardId: shard.shardId, sequence: last },
          'the checkpoint was there already: the answer to our own write was lost, or another reader is on this shard',
        );
      }
      committed = true;
    },
  });
  if (!committed) {
    throw new StreamSourceError(
      'HYBRIDGE_SOURCE_BATCH_NOT_COMMITTED',
      `The handler returned without committing ${records.length} records of ${shard.shardId}.`,
    );
  }
  cursor.position = last;
}

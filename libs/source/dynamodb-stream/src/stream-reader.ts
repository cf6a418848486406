import { pause } from '@hybridge/runtime';
import { type Shard, ShardProgress, readyShards } from './lineage.ts';
import { type BatchHandler, type ShardReaderDeps, readShard } from './shard-reader.ts';

export interface StreamReaderDeps extends ShardReaderDeps {
  readonly tableName: string;
  readonly discoveryIntervalMs: number;
}

/** What one reading of one stream knows of its shards. */
interface Known {
  readonly progress: Map<string, ShardProgress>;
  /** Where to begin, by shard; a shard never committed is missing. */
  readonly positions: Map<string, string>;
}

/** Reads one incarnation of the stream; resolves when it is read to its end and the table has another one. */
export async function readStream(
  deps: StreamReaderDeps,
  streamArn: string,
  run: { readonly handle: BatchHandler; readonly signal: AbortSignal },
): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([run.signal, failed.signal]);
  const nap = createNap();
  const known: Known = { progress: new Map(), positions: new Map() };
  const gone = new Set<string>();
  const reading = new Map<string, Promise<void>>();

  const read = async ({ id }: Shard): Promise<void> => {
    try {
      const after = known.positions.get(id);
      deps.logger.info({ shardId: id, after }, 'reading shard');
      const end = await readShard(deps, { streamArn, shardId: id }, after, { handle: run.handle, signal: stop });
      if (end === 'stopped') return;
      known.progress.set(id, ShardProgress.finished);
      if (end === 'gone') gone.add(id);
      deps.logger.info({ shardId: id, end }, 'shard ended');
    } catch (error) {
      failed.abort(error);
    } finally {
      reading.delete(id);
      nap.wake();
    }
  };

  try {
    while (!stop.aborted) {
      const listed = await deps.retry(() => deps.calls.shards(streamArn));
      for (const shardId of [...gone, ...vanished(listed, known)]) await giveUp(deps, streamArn, shardId, known);
      gone.clear();
      await learn(deps, streamArn, listed, known);
      for (const shard of readyShards(listed, (id) => known.progress.get(id))) {
        known.progress.set(shard.id, ShardProgress.reading);
        reading.set(shard.id, read(shard));
      }
      if (reading.size === 0 && (await deps.retry(() => deps.calls.latestStream(deps.tableName))) !== streamArn) return;
      await nap.sleep(deps.discoveryIntervalMs, stop);
    }
  } finally {
    failed.abort();
    await Promise.all(reading.values());
  }
  if (!run.signal.aborted) throw failed.signal.reason;
}

/** Shards that were to be read later and that the stream lists no more. */
function vanished(listed: readonly Shard[], known: Known): readonly string[] {
  const ids = new Set(listed.map((shard) => shard.id));
  return [...known.progress].flatMap(([id, progress]) =>
    progress === ShardProgress.waiting && !ids.has(id) ? [id] : [],
  );
}

/** Loads the checkpoints of shards not seen before, and of parents that are listed no more. */
async function learn(deps: StreamReaderDeps, streamArn: string, listed: readonly Shard[], known: Known): Promise<void> {
  const fresh = listed.map((shard) => shard.id).filter((id) => !known.progress.has(id));
  if (fresh.length === 0) return;
  const ids = new Set(listed.map((shard) => shard.id));
  const parents = listed.flatMap(({ parentId }) =>
    parentId === undefined || ids.has(parentId) || known.progress.has(parentId) ? [] : [parentId],
  );
  const checkpoints = await deps.retry(() => deps.checkpoints.load(streamArn, [...new Set([...fresh, ...parents])]));
  for (const id of fresh) {
    const checkpoint = checkpoints.get(id);
    if (checkpoint?.sequence !== undefined) known.positions.set(id, checkpoint.sequence);
    known.progress.set(id, checkpoint?.finished === true ? ShardProgress.finished : ShardProgress.waiting);
  }
  for (const id of parents) {
    if (checkpoints.get(id)?.finished === false) await giveUp(deps, streamArn, id, known);
  }
}

/** The shard outlived its retention before it was read to its end: its rest is lost, and everybody is told. */
async function giveUp(deps: StreamReaderDeps, streamArn: string, shardId: string, known: Known): Promise<void> {
  const after = known.positions.get(shardId);
  deps.logger.error({ shardId, after }, 'stream records were lost: the shard outlived retention');
  deps.onDataLoss({ shardId, reason: 'gone', after });
  known.progress.set(shardId, ShardProgress.finished);
  await deps.retry(() => deps.checkpoints.finish({ streamArn, shardId }));
}

/** A pause that can be ended early, also by a wake-up that came before it. */
function createNap() {
  let awake = new AbortController();
  return {
    wake: () => awake.abort(),
    async sleep(ms: number, signal: AbortSignal): Promise<void> {
      await pause(ms, AbortSignal.any([signal, awake.signal]));
      awake = new AbortController();
    },
  };
}

import type { Logger } from '@hybridge/observability';
import { pause } from '@hybridge/runtime';
import type { OffsetReader } from '@hybridge/source-kafka';
import type { FirstLoad } from './first-load.ts';
import { type Stretches, recordsLeft } from './offsets.ts';
import { createProgress } from './progress.ts';

export interface FollowOptions {
  readonly load: Pick<FirstLoad, 'isLoading' | 'end'>;
  readonly offsets: Pick<OffsetReader, 'extents' | 'committedOffsets'>;
  readonly topics: readonly string[];
  readonly logger: Logger;
  /** Between looks, milliseconds; default 250. */
  readonly intervalMs?: number;
}

/** Ends the load when what there is to load is done. Never throws. */
export async function followLoad(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { load, topics, offsets, logger, intervalMs = 250 } = options;
  const decide = createProgress();
  let ends: Stretches | undefined;
  const look = async (): Promise<void> => {
    const now = await ofAll(topics, offsets.extents);
    const committed = await ofAll(topics, offsets.committedOffsets);
    ends ??= now;
    const remaining = { ofBeginning: recordsLeft(ends, committed), now: recordsLeft(now, committed) };
    const verdict = decide(remaining, performance.now());
    if (verdict === 'look anew') ends = now;
    if (verdict === 'over') await load.end('loaded');
  };
  while (load.isLoading && !signal.aborted) {
    await look().catch((error: unknown) => logger.debug({ err: error }, 'progress of the load not read, trying again'));
    if (load.isLoading) await pause(intervalMs, signal);
  }
}

async function ofAll<T>(
  topics: readonly string[],
  ask: (topic: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  return new Map(await Promise.all(topics.map(async (topic) => [topic, await ask(topic)] as const)));
}

import { type Item, type ItemKey, keyOf, formatKey, versionOf } from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import type { FaultLab } from './open-fault-lab.ts';

export interface VersionTrace {
  /** Consistent reads of an item. */
  readonly reads: number;
  /** Reads that saw a newer version than the one before. */
  readonly rises: number;
  /** One sentence for each version that was older than one seen before, or gone. */
  readonly falls: readonly string[];
}

const PAUSE_MS = 10;

/** Reads every item that is there now, again and again, until `stop`. */
export async function traceVersions({ items }: FaultLab): Promise<{ stop(): Promise<VersionTrace> }> {
  const keys: ItemKey[] = [];
  for await (const item of items.scan({ attributes: [] })) keys.push(keyOf(item));
  const newest = new Map<string, string>();
  const falls: string[] = [];
  const counts = { reads: 0, rises: 0 };
  const note = (key: string, version: string): void => {
    const before = newest.get(key);
    newest.set(key, version);
    counts.reads++;
    if (before === undefined) return;
    if (version > before) counts.rises++;
    if (version < before) falls.push(`${key} went from ${before} to ${version || 'nothing'}`);
  };
  let stopped = false;
  const trace = async (): Promise<void> => {
    while (!stopped) {
      const found = await items.batchGet(keys, { consistent: true });
      found.forEach((item, i) => note(formatKey(keys[i] as ItemKey), versionIn(item)));
      await pause(PAUSE_MS);
    }
  };
  const tracing = trace();
  tracing.catch(() => undefined); // told by `stop`
  return {
    async stop() {
      stopped = true;
      await tracing;
      return { ...counts, falls };
    },
  };
}

const versionIn = (item: Item | undefined): string => (item === undefined ? '' : (versionOf(item) ?? ''));

import { type RowChange, formatKey } from '@hybridge/protocol';
import type { RawWriter } from './forms.ts';

/** Sends all changes with so many calls in flight, in order of their begin. */
export async function runLoop(changes: readonly RowChange[], writer: RawWriter, inFlight: number): Promise<void> {
  let next = 0;
  const take = (): readonly RowChange[] => {
    const { batch, end } = nextBatch(changes, next, writer.batch);
    next = end;
    return batch;
  };
  const worker = async (): Promise<void> => {
    for (let batch = take(); batch.length > 0; batch = take()) await writer.send(batch);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

/** The next so many keys; of a key that comes twice the newest change counts, as one call may name a key only once. */
export function nextBatch(changes: readonly RowChange[], begin: number, size: number) {
  const byKey = new Map<string, RowChange>();
  let end = begin;
  for (; end < changes.length && byKey.size < size; end++) {
    const change = changes[end] as RowChange;
    byKey.set(formatKey(change.key), change);
  }
  return { batch: [...byKey.values()], end };
}

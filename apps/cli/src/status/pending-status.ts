import type { ItemKey } from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';

/** Items with changes that SQL has not answered. */
export interface PendingStatus {
  readonly items: number;
  readonly oldest?: { readonly key: ItemKey; readonly ageSeconds: number };
}

/** Reads the sparse index of pending items, which is a moment behind. @throws ItemReaderError */
export async function countPending(
  items: Pick<ItemReader, 'pendingItems'>,
  now: () => number,
  signal: AbortSignal,
): Promise<PendingStatus> {
  let count = 0;
  let oldest: { readonly key: ItemKey; readonly since: number } | undefined;
  for await (const one of items.pendingItems({ signal })) {
    count++;
    if (oldest === undefined || one.since < oldest.since) oldest = one;
  }
  if (oldest === undefined) return { items: count };
  return {
    items: count,
    oldest: { key: oldest.key, ageSeconds: Math.max(0, Math.round((now() - oldest.since) / 1_000)) },
  };
}

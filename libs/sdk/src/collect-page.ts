import type { Item } from '@hybridge/protocol';

/** Calls of DynamoDB for one page: items that do not count must not keep a caller waiting. */
const MAX_CALLS = 10;

export interface PageSource<Position, Entry> {
  readonly limit: number;
  /** Where to begin behind. */
  readonly after: Position | undefined;
  fetch(after: Position | undefined): Promise<{ readonly items: readonly Item[]; readonly more: boolean }>;
  positionOf(item: Item): Position;
  /** Undefined for an item that does not count. */
  entryOf(item: Item): Entry | undefined;
}

/** Reads until the page is full; `last` is what to go on behind, if there may be more. */
export async function collectPage<Position, Entry>(
  source: PageSource<Position, Entry>,
): Promise<{ readonly entries: readonly Entry[]; readonly last: Position | undefined }> {
  const { limit } = source;
  const entries: Entry[] = [];
  let last = source.after;
  for (let calls = 0; calls < MAX_CALLS; calls += 1) {
    const page = await source.fetch(last);
    for (const item of page.items) {
      if (entries.length === limit) return { entries, last };
      last = source.positionOf(item);
      const entry = source.entryOf(item);
      if (entry !== undefined) entries.push(entry);
    }
    if (!page.more) return { entries, last: undefined };
    if (entries.length === limit) break;
  }
  return { entries, last };
}

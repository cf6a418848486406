import { isTransient } from '@hybridge/runtime';
import type { FillEntry, FillResult, Filler } from '@hybridge/reader-sql';
import type { Document } from '@hybridge/views';
import type { acceptChange } from './accept-change.ts';
import type { Gathered } from './get-collection.ts';
import type { ChangeEvent, FillEvent, ReadEvent } from './hooks.ts';
import type { Place } from './place.ts';
import type { NamedPartition } from './query-collection.ts';
import type { CollectionPage, CollectionViews, Lookup, Page } from './types.ts';

type Tell<E> = ((event: E) => void) | undefined;

export async function observedRead(
  tell: (event: ReadEvent) => void,
  { view }: Place,
  read: () => Promise<Lookup<Document>>,
): Promise<Lookup<Document>> {
  const since = performance.now();
  const answer = await read();
  tell(readEvent(view.name, 'get', answer, performance.now() - since));
  return answer;
}

export async function observedBatch(
  tell: Tell<ReadEvent>,
  places: readonly Place[],
  read: () => Promise<readonly Lookup<Document>[]>,
): Promise<readonly Lookup<Document>[]> {
  const since = performance.now();
  const answers = await read();
  const ms = performance.now() - since;
  answers.forEach((answer, i) => tell?.(readEvent((places[i] as Place).view.name, 'batchGet', answer, ms)));
  return answers;
}

export async function observedQuery(
  tell: Tell<ReadEvent>,
  { view }: Pick<Place, 'view'>,
  read: () => Promise<Page<Document>>,
): Promise<Page<Document>> {
  const since = performance.now();
  const page = await read();
  const ms = performance.now() - since;
  for (const found of page.items) {
    tell?.(readEvent(view.name, 'query', { found, source: found.source, stale: false }, ms));
  }
  return page;
}

export async function observedCollection(
  tell: Tell<ReadEvent>,
  partitions: readonly NamedPartition[],
  read: () => Promise<CollectionPage<CollectionViews>>,
): Promise<CollectionPage<CollectionViews>> {
  const since = performance.now();
  const page = await read();
  tellOfPage(tell, partitions, page, performance.now() - since);
  return page;
}

export async function observedGathering(
  tell: Tell<ReadEvent>,
  { view }: Pick<Place, 'view'>,
  partitions: readonly NamedPartition[],
  read: () => Promise<Gathered>,
): Promise<Gathered> {
  const since = performance.now();
  const gathered = await read();
  const ms = performance.now() - since;
  tell?.(readEvent(view.name, 'query', gathered.answer, ms));
  tellOfPage(tell, partitions, gathered.page, ms);
  return gathered;
}

function tellOfPage(
  tell: Tell<ReadEvent>,
  partitions: readonly NamedPartition[],
  page: CollectionPage<CollectionViews>,
  ms: number,
): void {
  for (const { name, partition } of partitions) {
    for (const found of page.items[name] ?? []) {
      tell?.(readEvent(partition.view.name, 'query', { found, source: found.source, stale: false }, ms));
    }
  }
}

const readEvent = (
  view: string,
  operation: ReadEvent['operation'],
  { found, source, stale }: Lookup<unknown>,
  ms: number,
): ReadEvent => ({ view, operation, source, found: found !== undefined, stale, ms });

export const observedChange =
  (change: typeof acceptChange, tell: Tell<ChangeEvent>): typeof acceptChange =>
  async (dependencies, at, request, options) => {
    const since = performance.now();
    const told = (outcome: ChangeEvent['outcome'], code?: string): void =>
      tell?.({
        view: at.view.name,
        op: request.op,
        outcome,
        ...(code === undefined ? {} : { code }),
        ms: performance.now() - since,
      });
    try {
      const accepted = await change(dependencies, at, request, options);
      told(accepted.repeated ? 'repeated' : 'accepted');
      return accepted;
    } catch (error) {
      told(isTransient(error) ? 'failed' : 'refused', codeOf(error));
      throw error;
    }
  };

const codeOf = (error: unknown): string | undefined => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
};

/** Tells of every fill this process asks for; those that share one are told of each. */
export function observedFiller(filler: Filler, tell: Tell<FillEvent>): Filler {
  if (tell === undefined) return filler;
  const observed = async (view: string, fill: () => Promise<FillResult>): Promise<FillResult> => {
    const since = performance.now();
    const told = (outcome: FillEvent['outcome']): void => tell({ view, outcome, ms: performance.now() - since });
    try {
      const result = await fill();
      told(result.outcome);
      return result;
    } catch (error) {
      told('failed');
      throw error;
    }
  };
  return {
    fill: (view, itemKey, keyRow) => observed(view.name, () => filler.fill(view, itemKey, keyRow)),
    fillMany: async (entries) => {
      const since = performance.now();
      const results = await filler.fillMany(entries);
      const ms = performance.now() - since;
      results.forEach((result, i) => {
        const outcome = result.status === 'fulfilled' ? result.value.outcome : 'failed';
        tell({ view: (entries[i] as FillEntry).view.name, outcome, ms });
      });
      return results;
    },
  };
}

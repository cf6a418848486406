import { type Item, keyOf } from '@hybridge/protocol';
import type { Document } from '@hybridge/views';
import { collectPage } from './collect-page.ts';
import { InvalidCursorError } from './errors.ts';
import { viewLoading } from './loading.ts';
import { fromOpaque, toOpaque } from './opaque.ts';
import type { Partition } from './partition.ts';
import {
  DEFAULT_QUERY_LIMIT,
  type Entry,
  assertLimit,
  complete,
  entryOf,
  impossible,
  queryOf,
} from './query-partition.ts';
import type { ReadDependencies } from './reads.ts';
import type { CollectionOptions, CollectionPage, CollectionViews, Listed } from './types.ts';

/** One of the views, under the name it was asked for. */
export interface NamedPartition {
  readonly name: string;
  readonly partition: Partition;
}

interface NamedEntry extends Entry {
  readonly name: string;
}

/** First entry of every cursor: another layout gets another one. */
const LAYOUT = 'c1';

/**
 * @param isAside takes items that are none of theirs
 * @throws as `queryPartition`
 */
export async function queryCollection(
  dependencies: ReadDependencies,
  views: readonly NamedPartition[],
  options: CollectionOptions,
  isAside: (item: Item) => boolean = () => false,
): Promise<CollectionPage<CollectionViews>> {
  const { gate, items, context } = dependencies;
  const { limit = DEFAULT_QUERY_LIMIT, order = 'ascending', consistent = false } = options;
  const first = firstOf(views);
  assertLimit(first.facts, limit);
  const [query] = views.map(({ partition }) => queryOf(partition, items)) as [ReturnType<typeof queryOf>];
  const place = [LAYOUT, ...views.map(({ partition }) => partition.view.name).sort(), first.pk, order];
  const after = options.cursor === undefined ? undefined : parseCursor(first, place, options.cursor);
  if (!gate.isOpen && !(await gate.pass())) throw viewLoading(first);
  const { entries, last } = await collectPage<string, NamedEntry>({
    limit,
    after,
    fetch: (behind) =>
      query({
        ...{ pk: first.pk, descending: order === 'descending', limit, consistent },
        ...(behind === undefined ? {} : { after: behind }),
      }),
    positionOf: (item) => keyOf(item).sk,
    entryOf: (item) => {
      if (isAside(item)) return undefined;
      for (const { name, partition } of views) {
        const entry = entryOf(partition, item, context);
        if (entry !== undefined) return { ...entry, name };
      }
      return undefined;
    },
  });
  return {
    items: byName(views, entries, await complete(dependencies, entries)),
    cursor: last === undefined ? undefined : toOpaque([...place, last]),
  };
}

function firstOf(views: readonly NamedPartition[]): Partition {
  const first = views[0]?.partition;
  if (first === undefined) throw impossible({ view: '(none)', key: '' }, 'no view is named', 'Name at least one.');
  const other = views.find(({ partition }) => partition.pk !== first.pk)?.partition;
  if (other === undefined) return first;
  throw impossible(
    other.facts,
    `its partition is ${other.pk}, and that of ${first.view.name} is ${first.pk}`,
    'Name views whose partition keys are alike.',
  );
}

function byName(
  views: readonly NamedPartition[],
  entries: readonly NamedEntry[],
  documents: readonly (Listed<Document> | undefined)[],
): Record<string, readonly Listed<Document>[]> {
  const of = (wanted: string): Listed<Document>[] =>
    documents.filter((one, i): one is Listed<Document> => one !== undefined && entries[i]?.name === wanted);
  return Object.fromEntries(views.map(({ name }) => [name, of(name)]));
}

/** A cursor may be made up: it leads nowhere but behind some sort key of the partition that was asked for anyway. */
function parseCursor({ facts }: Partition, place: readonly string[], cursor: string): string {
  const parts = fromOpaque(cursor) ?? [];
  const last = parts.at(-1);
  const same = parts.length === place.length + 1 && place.every((part, i) => part === parts[i]);
  if (same && last !== undefined && last !== '') return last;
  throw new InvalidCursorError(`"${cursor.slice(0, 80)}" is not a cursor of this query.`, {
    ...facts,
    fix: 'Give the cursor of the page before, and the same views, key and order as for that page.',
  });
}

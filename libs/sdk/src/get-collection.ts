import { type Item, formatKey, keyOf } from '@hybridge/protocol';
import { type Catalog, type Document, type KeyTemplate, type Row, keyColumns, toSqlText } from '@hybridge/views';
import { type Partition, partitionOf } from './partition.ts';
import type { Place } from './place.ts';
import { type NamedPartition, queryCollection } from './query-collection.ts';
import { impossible } from './query-partition.ts';
import { type ReadDependencies, answerSeen, readOne } from './reads.ts';
import type {
  CollectionPage,
  CollectionViews,
  GetCollectionOptions,
  Lookup,
  ViewLike,
  ViewReference,
} from './types.ts';

/** A document, and a page of what its view collects. */
export interface Gathered {
  readonly answer: Lookup<Document>;
  readonly page: CollectionPage<CollectionViews>;
}

/**
 * The partitions of the views that a view collects, under the partition key of one of its documents.
 * @param names which; default all
 * @throws QueryImpossibleError for one that it does not have, or none
 */
export function collectedAt(catalog: Catalog, at: Place, names?: readonly string[]): readonly NamedPartition[] {
  const { view, facts } = at;
  const collected: CollectionViews = view.collect;
  const wanted = names ?? Object.keys(collected);
  const there = `Its collections: ${Object.keys(collected).join(', ') || 'none'}.`;
  if (wanted.length === 0) throw impossible(facts, 'no collection is named', there);
  return [...new Set(wanted)].map((name) => {
    const child = Object.hasOwn(collected, name) ? collected[name] : undefined;
    if (child === undefined) throw impossible(facts, `there is no collection "${name.slice(0, 80)}"`, there);
    return { name, partition: partitionUnder(catalog, at, child) };
  });
}

/** Its columns have names of their own; the places in the key are the same. */
function partitionUnder(catalog: Catalog, { view, keyRow, itemKey }: Place, child: ViewReference): Partition {
  const { pk }: KeyTemplate = view.key;
  const parts = keyColumns({ pk, sk: [] }).map((name) => textOf(view, name, keyRow[name]));
  const partition = partitionOf(catalog, child, parts);
  if (partition.pk === itemKey.pk) return partition;
  const why = `its partition is ${partition.pk}, and that of ${view.name} is ${itemKey.pk}`;
  throw impossible(partition.facts, why, 'Give both columns of the partition keys the same type.');
}

const textOf = ({ table }: ViewLike, name: string, value: Row[string] | undefined): string =>
  (value === undefined ? undefined : toSqlText(table, name, value)) ?? '';

/**
 * One query of the partition; the document is among what it finds, or, where it lies on another page, read beside it.
 * @throws as `queryPartition` and `readOne`
 */
export async function getCollection(
  dependencies: ReadDependencies,
  at: Place,
  views: readonly NamedPartition[],
  { collections: _, ...options }: GetCollectionOptions,
): Promise<Gathered> {
  const own = formatKey(at.itemKey);
  let seen: Item | undefined;
  const page = await queryCollection(dependencies, views, options, (item) => {
    if (formatKey(keyOf(item)) !== own) return false;
    seen = item;
    return true;
  });
  const { consistent = false } = options;
  const answer =
    seen === undefined ? await readOne(dependencies, at, { consistent }) : await answerSeen(dependencies, at, seen, {});
  return { answer, page };
}

import type { Catalog, Document } from '@hybridge/views';
import { collectedAt, getCollection } from './get-collection.ts';
import type { ReadEvent } from './hooks.ts';
import type { Hybridge } from './hybridge.ts';
import { indexPartitionOf } from './index-partition.ts';
import type { IndexQueryOptions } from './index-types.ts';
import { observedCollection, observedGathering, observedQuery } from './observed.ts';
import { partitionOf } from './partition.ts';
import { placeOf } from './place.ts';
import { queryCollection } from './query-collection.ts';
import { queryIndex } from './query-index.ts';
import { queryPartition } from './query-partition.ts';
import type { ReadDependencies } from './reads.ts';
import type { Page, ViewReference } from './types.ts';

export interface ListDependencies {
  readonly catalog: Catalog;
  readonly reads: ReadDependencies;
  readonly onRead: ((event: ReadEvent) => void) | undefined;
}

/** What answers with several documents that lie together. */
export const createLists = ({
  catalog,
  reads,
  onRead,
}: ListDependencies): Pick<Hybridge, 'query' | 'queryCollection' | 'getCollection' | 'queryIndex'> => ({
  // Documents are those of the view by construction; only their names are lost on the way.
  query: async (view, partitionKey, asked = {}) => {
    const partition = partitionOf(catalog, view, partitionKey);
    return (await observedQuery(onRead, partition, () => queryPartition(reads, partition, asked))) as never;
  },
  queryCollection: async (views, partitionKey, asked = {}) => {
    const named = Object.entries<ViewReference>(views);
    const partitions = named.map(([name, view]) => ({ name, partition: partitionOf(catalog, view, partitionKey) }));
    return (await observedCollection(onRead, partitions, () => queryCollection(reads, partitions, asked))) as never;
  },
  getCollection: async (view, key, asked = {}) => {
    const at = placeOf(catalog, view, key);
    const partitions = collectedAt(catalog, at, asked.collections);
    const { answer, page } = await observedGathering(onRead, at, partitions, () =>
      getCollection(reads, at, partitions, asked),
    );
    return { found: answer.found, ...page } as never;
  },
  queryIndex: async (view, index, values, asked = {}) => {
    const partition = indexPartitionOf(catalog, view, index, values as Document);
    const query = (): Promise<Page<Document>> => queryIndex(reads, partition, asked as IndexQueryOptions);
    return (await observedQuery(onRead, partition, query)) as never;
  },
});

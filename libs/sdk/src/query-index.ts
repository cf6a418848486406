import { createHash } from 'node:crypto';
import { type Item, type ItemKey, keyOf, scalarOf } from '@hybridge/protocol';
import type { IndexPosition } from '@hybridge/reader-dynamodb';
import { type Document, isStorableKey } from '@hybridge/views';
import { collectPage } from './collect-page.ts';
import { InvalidCursorError } from './errors.ts';
import { foundItem } from './found.ts';
import { type IndexPartition, type IndexRange, indexRangeOf, isEmptyRange, isInRange } from './index-partition.ts';
import type { IndexQueryOptions } from './index-types.ts';
import type { ItemReads } from './item-reads.ts';
import { viewLoading } from './loading.ts';
import { fromOpaque, toOpaque } from './opaque.ts';
import { isOf, partsIn } from './partition.ts';
import { DEFAULT_QUERY_LIMIT, assertLimit, impossible } from './query-partition.ts';
import type { ReadDependencies } from './reads.ts';
import type { Listed, Page } from './types.ts';
import { verdictOf } from './verdict.ts';

/** First entry of every cursor: another layout gets another one. */
const LAYOUT = 'x1';

type Query = NonNullable<ItemReads['queryIndex']>;

interface Question {
  readonly partition: IndexPartition;
  readonly range: IndexRange;
  readonly order: 'ascending' | 'descending';
  readonly limit: number;
}

/**
 * A page of live items, as the index knows them. SQL is never asked: an index holds nothing of rows that have no item.
 * @throws InvalidCursorError, InvalidValueError, QueryImpossibleError, ViewLoadingError, the store's errors
 */
export async function queryIndex(
  { gate, items, context }: ReadDependencies,
  partition: IndexPartition,
  options: IndexQueryOptions,
): Promise<Page<Document>> {
  const question = questionOf(partition, options);
  const { range, order, limit } = question;
  const after = options.cursor === undefined ? undefined : parseCursor(question, options.cursor);
  const query = queryOf(partition, items);
  if (!gate.isOpen && !(await gate.pass())) throw viewLoading(partition);
  if (isEmptyRange(range)) return { items: [], cursor: undefined };
  const { index, pk } = partition;
  const fixed = { index, pk, ...range, descending: order === 'descending', limit };
  const { entries, last } = await collectPage({
    limit,
    after,
    fetch: (position: IndexPosition | undefined) =>
      query({ ...fixed, ...(position === undefined ? {} : { after: position }) }),
    positionOf: (item) => ({ sk: scalarOf(item[index.sortKey]) ?? '', key: keyOf(item) }),
    entryOf: (item) => entryOf(partition, item, context.now()),
  });
  return { items: entries, cursor: last === undefined ? undefined : formatCursor(question, last) };
}

function queryOf({ facts }: IndexPartition, items: ItemReads): Query {
  if (items.queryIndex !== undefined) return items.queryIndex.bind(items);
  throw impossible(facts, 'the reader of items has no `queryIndex`', 'Give one that has.');
}

function questionOf(partition: IndexPartition, options: IndexQueryOptions): Question {
  const { limit = DEFAULT_QUERY_LIMIT, order = 'ascending' } = options;
  assertLimit(partition.facts, limit);
  return { partition, range: indexRangeOf(partition, options), order, limit };
}

/** Undefined for items of other views, and for what an index may still name though it is no longer there. */
function entryOf({ view }: IndexPartition, item: Item, nowMs: number): Listed<Document> | undefined {
  const key = partsIn(view, keyOf(item));
  if (key === undefined || verdictOf(view, item, nowMs) !== 'hit') return undefined;
  return { ...foundItem(view, item), key };
}

const formatCursor = (question: Question, { sk, key }: IndexPosition): string =>
  toOpaque([LAYOUT, queryDigest(question), sk, key.pk, key.sk]);

/**
 * A cursor may be made up: it leads nowhere but behind some place of the query that was asked for anyway. The item it
 * names need not be there any more.
 */
function parseCursor(question: Question, cursor: string): IndexPosition {
  const [layout, digest, sk = '', pk = '', itemSk = '', ...more] = fromOpaque(cursor) ?? [];
  const { partition, range } = question;
  const key: ItemKey = { pk, sk: itemSk };
  const same = layout === LAYOUT && digest === queryDigest(question) && more.length === 0;
  if (
    same &&
    sk !== '' &&
    isInRange(range, sk) &&
    isStorableKey({ pk: partition.pk, sk }) &&
    isItemKey(partition, key)
  ) {
    return { sk, key };
  }
  throw new InvalidCursorError(`"${cursor.slice(0, 80)}" is not a cursor of this query.`, {
    ...partition.facts,
    fix: 'Give the cursor of the page before, and the same index, values, bounds and order as for that page.',
  });
}

const isItemKey = ({ view }: IndexPartition, key: ItemKey): boolean =>
  isStorableKey(key) && isOf(view, key) !== undefined;

/** Binds a cursor to its query, in less room than the query takes. No secret is in it: it is no proof of anything. */
function queryDigest({ partition: { view, index, pk }, range: { low, high, prefix }, order }: Question): string {
  const query = JSON.stringify([view.name, index.name, pk, order, low ?? null, high ?? null, prefix ?? null]);
  return createHash('sha256').update(query).digest('base64url').slice(0, 22);
}

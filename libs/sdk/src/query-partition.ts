import { type Item, type ProtocolContext, ViewMode, judgeRead, keyOf, stateOf, ItemState } from '@hybridge/protocol';
import type { Document } from '@hybridge/views';
import { collectPage } from './collect-page.ts';
import { type ErrorFacts, InvalidCursorError, QueryImpossibleError } from './errors.ts';
import { foundItem } from './found.ts';
import type { ItemReads } from './item-reads.ts';
import { viewLoading } from './loading.ts';
import { fromOpaque, toOpaque } from './opaque.ts';
import { type Partition, type SortRange, isEmpty, isWithin, placeIn, rangeOf } from './partition.ts';
import { type Miss, type ReadDependencies, answerMisses } from './reads.ts';
import type { Found, Listed, Page, QueryOptions } from './types.ts';

export const DEFAULT_QUERY_LIMIT = 100;
export const MAX_QUERY_LIMIT = 1_000;

/** First entry of every cursor: another layout gets another one. */
const LAYOUT = 'q1';

type Order = 'ascending' | 'descending';
type Query = NonNullable<ItemReads['query']>;

interface Question {
  readonly partition: Partition;
  readonly range: SortRange;
  readonly order: Order;
  readonly limit: number;
  /** Sort key to go on behind. */
  readonly after: string | undefined;
  readonly consistent: boolean;
}

/** One document of the page: found in its item, or still to be asked for. */
export interface Entry {
  readonly key: readonly string[];
  readonly found: Found<Document> | undefined;
  readonly miss: Miss | undefined;
}

/** @throws InvalidKeyError, InvalidCursorError, QueryImpossibleError, ViewLoadingError, SourceUnavailableError, the stores' errors */
export async function queryPartition(
  dependencies: ReadDependencies,
  partition: Partition,
  options: QueryOptions,
): Promise<Page<Document>> {
  const { gate, items, context } = dependencies;
  const question = questionOf(partition, options);
  const query = queryOf(partition, items);
  if (!gate.isOpen && !(await gate.pass())) throw viewLoading(partition);
  if (isEmpty(question.range)) return { items: [], cursor: undefined };
  const { entries, last } = await collect(query, question, context);
  const listed = await complete(dependencies, entries);
  return {
    items: listed.filter((one) => one !== undefined),
    cursor: last === undefined ? undefined : formatCursor(question, last),
  };
}

/** @throws QueryImpossibleError */
export function queryOf({ view, facts }: Partition, items: ItemReads): Query {
  if (view.mode === ViewMode.lazy) {
    const why =
      'it is lazy: rows that nobody has read have no item, so that a list of its items is not a list of its rows';
    throw impossible(facts, why, "Ask SQL, or make the view eager (mode: 'eager').");
  }
  if (items.query === undefined) throw impossible(facts, 'the reader of items has no `query`', 'Give one that has.');
  return items.query.bind(items);
}

function questionOf(partition: Partition, options: QueryOptions): Question {
  const { from = [], to = [], limit = DEFAULT_QUERY_LIMIT, order = 'ascending', consistent = false } = options;
  assertLimit(partition.facts, limit);
  const range = rangeOf(partition, from, to);
  const question = { partition, range, order, limit, consistent };
  return {
    ...question,
    after: options.cursor === undefined ? undefined : parseCursor(question, options.cursor),
  };
}

function collect(
  query: Query,
  { partition, range, order, limit, consistent, after }: Question,
  context: ProtocolContext,
): Promise<{ readonly entries: readonly Entry[]; readonly last: string | undefined }> {
  const fixed = {
    pk: partition.pk,
    ...(range.low === undefined ? {} : { low: range.low }),
    ...(range.high === undefined ? {} : { high: range.high }),
    descending: order === 'descending',
    limit,
    consistent,
  };
  return collectPage({
    limit,
    after,
    fetch: (last) => query({ ...fixed, ...(last === undefined ? {} : { after: last }) }),
    positionOf: (item) => keyOf(item).sk,
    entryOf: (item) => entryOf(partition, item, context),
  });
}

/**
 * In an eager view no item means no row, and so does a tombstone of any age: a row that came later would have come here
 * by its change event.
 */
export function entryOf(partition: Partition, item: Item, context: ProtocolContext): Entry | undefined {
  const at = placeIn(partition, item);
  if (at === undefined || stateOf(item) === ItemState.tombstone) return undefined;
  const verdict = judgeRead(item, context.now());
  if (verdict === 'not-found') return undefined;
  return verdict === 'hit'
    ? { key: at.parts, found: foundItem(partition.view, item), miss: undefined }
    : { key: at.parts, found: undefined, miss: { at, item } };
}

/** In the order of the entries; undefined for a document that is not there after all. */
export async function complete(
  dependencies: ReadDependencies,
  entries: readonly Entry[],
): Promise<readonly (Listed<Document> | undefined)[]> {
  const misses = entries.flatMap(({ miss }) => (miss === undefined ? [] : [miss]));
  const answers = misses.length === 0 ? [] : await answerMisses(dependencies, misses, false);
  const answerOf = new Map(misses.map((miss, i) => [miss, answers[i]?.found]));
  return entries.map(({ key, found, miss }) => {
    const answer = miss === undefined ? found : answerOf.get(miss);
    return answer && { ...answer, key };
  });
}

const formatCursor = ({ partition, order }: Question, last: string): string =>
  toOpaque([LAYOUT, partition.view.name, partition.pk, order, last]);

/** A cursor may be made up: it leads nowhere but behind some sort key of the range that was asked for anyway. */
function parseCursor({ partition, range, order }: Omit<Question, 'after'>, cursor: string): string {
  const [layout, view, pk, direction, last, ...more] = fromOpaque(cursor) ?? [];
  const same = layout === LAYOUT && view === partition.view.name && pk === partition.pk && direction === order;
  if (same && last !== undefined && last !== '' && more.length === 0 && isWithin(range, last)) return last;
  throw new InvalidCursorError(`"${cursor.slice(0, 80)}" is not a cursor of this query.`, {
    ...partition.facts,
    fix: 'Give the cursor of the page before, and the same key, bounds and order as for that page.',
  });
}

/** @throws QueryImpossibleError */
export function assertLimit(facts: ErrorFacts, limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_QUERY_LIMIT) return;
  throw impossible(facts, `a limit of ${limit} is out of bounds`, `Give 1 to ${MAX_QUERY_LIMIT}.`);
}

export const impossible = (facts: ErrorFacts, why: string, fix: string): QueryImpossibleError =>
  new QueryImpossibleError(`${facts.view} cannot be queried: ${why}.`, { ...facts, fix });

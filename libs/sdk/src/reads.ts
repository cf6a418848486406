import { type Item, type ProtocolContext, formatKey } from '@hybridge/protocol';
import type { Filler, RowReader } from '@hybridge/reader-sql';
import type { Document } from '@hybridge/views';
import { assertFollows, provenAnswer } from './after-change.ts';
import { type ChangeToken, parseTokenOf } from './change-token.ts';
import { foundItem, ofFill, ofItem, ofRow } from './found.ts';
import type { ItemReads } from './item-reads.ts';
import type { Place } from './place.ts';
import type { ServingGate } from './serving-gate.ts';
import { sideBySide } from './side-by-side.ts';
import { staleAnswer, toSourceFailure } from './source-failure.ts';
import type { BatchGetOptions, GetOptions, Lookup } from './types.ts';
import { verdictOf } from './verdict.ts';

export interface ReadDependencies {
  readonly items: ItemReads;
  readonly rows: RowReader;
  readonly filler: Filler;
  readonly gate: ServingGate;
  readonly context: ProtocolContext;
}

/** A key whose item does not answer. */
export interface Miss {
  readonly at: Place;
  readonly item: Item | undefined;
}

/** Items and rows one call asks for at the same time. */
const AT_ONCE = 8;

/** @throws SourceUnavailableError, UnsettledError, ChangeLostError, InvalidTokenError, the stores' errors */
export async function readOne(
  dependencies: ReadDependencies,
  at: Place,
  { consistent = false, after, allowStale = true }: GetOptions,
): Promise<Lookup<Document>> {
  const { items, gate, context } = dependencies;
  const token = after === undefined ? undefined : parseTokenOf(at, after);
  if (!gate.isOpen && !(await gate.pass())) return readPast(dependencies, at);
  const item = await items.get(at.itemKey, { consistent: consistent || token !== undefined });
  if (token !== undefined) assertFollows(at, item, token, context);
  const answer = answerOf(at, item, context);
  return answer ?? (await answerMiss(dependencies, { at, item }, { allowStale, token }));
}

/** As `readOne`, of an item that was read already. */
export const answerSeen = async (
  dependencies: ReadDependencies,
  at: Place,
  item: Item,
  { allowStale = true }: Pick<GetOptions, 'allowStale'>,
): Promise<Lookup<Document>> =>
  answerOf(at, item, dependencies.context) ??
  (await answerMiss(dependencies, { at, item }, { allowStale, token: undefined }));

/** In the order of the places; one that is named twice is read once. @throws as `readOne` */
export async function readMany(
  dependencies: ReadDependencies,
  places: readonly Place[],
  { consistent = false, allowStale = true }: BatchGetOptions,
): Promise<readonly Lookup<Document>[]> {
  const { gate, context } = dependencies;
  const distinct = new Map(places.map((at) => [formatKey(at.itemKey), at]));
  const asked = [...distinct.values()];
  const answers = new Map<Place, Lookup<Document>>();
  const misses: Miss[] = [];
  if (!gate.isOpen && !(await gate.pass())) {
    const rows = await sideBySide(asked, AT_ONCE, (at) => readPast(dependencies, at));
    rows.forEach((answer, i) => answers.set(asked[i] as Place, answer));
  } else {
    const items = await itemsOf(dependencies, asked, consistent);
    asked.forEach((at, i) => {
      const answer = answerOf(at, items[i], context);
      if (answer === undefined) misses.push({ at, item: items[i] });
      else answers.set(at, answer);
    });
  }
  const filled = await answerMisses(dependencies, misses, allowStale);
  filled.forEach((answer, i) => answers.set((misses[i] as Miss).at, answer));
  return places.map(({ itemKey }) => answers.get(distinct.get(formatKey(itemKey)) as Place) as Lookup<Document>);
}

/** Answers of SQL for keys whose items have none, asked for together. @throws as `readOne` */
export async function answerMisses(
  { filler }: ReadDependencies,
  misses: readonly Miss[],
  allowStale: boolean,
): Promise<readonly Lookup<Document>[]> {
  if (misses.length === 0) return [];
  const results = await filler.fillMany(misses.map(({ at }) => at));
  return results.map((result, i) => {
    const miss = misses[i] as Miss;
    return result.status === 'fulfilled'
      ? ofFill(miss.at.view, result.value)
      : answerFailure(miss, result.reason, allowStale);
  });
}

/** What the item says by itself. */
function answerOf({ view }: Place, item: Item | undefined, context: ProtocolContext): Lookup<Document> | undefined {
  const verdict = verdictOf(view, item, context.now());
  if (verdict === 'hit' && item !== undefined) return ofItem(foundItem(view, item));
  return verdict === 'not-found' ? ofItem(undefined) : undefined;
}

async function answerMiss(
  dependencies: ReadDependencies,
  miss: Miss,
  { allowStale, token }: { readonly allowStale: boolean; readonly token: ChangeToken | undefined },
): Promise<Lookup<Document>> {
  const { at } = miss;
  try {
    const result = await dependencies.filler.fill(at.view, at.itemKey, at.keyRow);
    return token === undefined ? ofFill(at.view, result) : await provenAnswer(dependencies, miss, result);
  } catch (error) {
    return answerFailure(miss, error, allowStale && token === undefined);
  }
}

/** @throws what the reader is to learn, unless there is an answer that will do */
function answerFailure({ at, item }: Miss, error: unknown, allowStale: boolean): Lookup<Document> {
  const stale = allowStale ? staleAnswer(item, error) : undefined;
  if (stale === undefined) throw toSourceFailure(at, error);
  return stale;
}

/**
 * While the view table is loaded its items mean nothing yet, those of embedded rows neither, and nothing is added to them.
 * Nothing proves such a read, so it must not come from a replica that lags.
 */
async function readPast({ rows }: ReadDependencies, at: Place): Promise<Lookup<Document>> {
  try {
    return await ofRow(NO_ITEMS, at, (await (rows.primary ?? rows).read(at.view, at.keyRow)).row);
  } catch (error) {
    throw toSourceFailure(at, error);
  }
}

const NO_ITEMS = { get: async () => undefined };

const itemsOf = (
  { items }: ReadDependencies,
  places: readonly Place[],
  consistent: boolean,
): Promise<readonly (Item | undefined)[]> => {
  const keys = places.map(({ itemKey }) => itemKey);
  return items.batchGet === undefined
    ? sideBySide(keys, AT_ONCE, (key) => items.get(key, { consistent }))
    : items.batchGet(keys, { consistent });
};

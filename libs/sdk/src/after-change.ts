import { type Item, type ProtocolContext, nonceOf, outcomesOf, transactionOf } from '@hybridge/protocol';
import { type FillResult, UncachedReason } from '@hybridge/reader-sql';
import type { Document } from '@hybridge/views';
import { statusOf } from './change-status.ts';
import type { ChangeToken } from './change-token.ts';
import { ChangeLostError, UnsettledError } from './errors.ts';
import { ofFill, ofRow } from './found.ts';
import type { Place } from './place.ts';
import type { Miss, ReadDependencies } from './reads.ts';
import type { Lookup } from './types.ts';

/**
 * Makes sure that an item, read consistently, is the one the change was accepted on, or what became of it.
 *
 * DynamoDB orders the writes of one item, so that such a read sees the change or a later state; and later states show
 * it until SQL has answered it. That ends only where the item was removed and made anew: by TTL, which comes long after
 * SQL's answer, or by a writer outside of this system, which may have come before it.
 *
 * @throws ChangeLostError
 */
export function assertFollows(
  { facts }: Place,
  item: Item | undefined,
  token: ChangeToken,
  context: ProtocolContext,
): void {
  if (item !== undefined && tellsOf(item, token, context)) return;
  if (context.now() - token.at >= context.limits.fenceTtlMs) return;
  const message = `${facts.view} ${facts.key} does not know change ${token.changeId}: its item was removed by another writer.`;
  throw new ChangeLostError(message, { ...facts, fix: 'Read it without `after`, and decide anew.' });
}

/** A full list of outcomes has forgotten the older ones, and only SQL's answer takes a change off the item. */
const tellsOf = (item: Item, { nonce, changeId }: ChangeToken, { limits }: ProtocolContext): boolean =>
  nonceOf(item) === nonce ||
  statusOf(item, changeId).status !== 'unknown' ||
  outcomesOf(item).length >= limits.maxOutcomes;

/**
 * What a fill means to a reader who must see a change. An answer that was read without proof may be older than the
 * item, so SQL is asked again, for a state that holds the item's last transaction.
 * @throws UnsettledError, SqlReadError
 */
export async function provenAnswer(
  { items, rows }: ReadDependencies,
  { at, item }: Miss,
  result: FillResult,
): Promise<Lookup<Document>> {
  const { view, keyRow, facts } = at;
  if (result.outcome !== 'uncached' || result.reason === UncachedReason.overtaken) return ofFill(view, result);
  const proof = item === undefined ? undefined : transactionOf(item);
  const read = await (rows.primary ?? rows).read(view, keyRow, proof);
  if (read.proven) return ofRow({ get: (key) => items.get(key, { consistent: true }) }, at, read.row);
  throw new UnsettledError(
    `${facts.view} ${facts.key} cannot be read after its last change yet: SQL does not show it.`,
    {
      ...facts,
      fix: 'Try again.',
    },
  );
}

import { type Item, ItemState, stateOf } from '@hybridge/protocol';
import { isSqlUnavailable } from '@hybridge/reader-sql';
import type { Document } from '@hybridge/views';
import { SourceUnavailableError } from './errors.ts';
import type { Place } from './place.ts';
import { type Lookup, ReadSource } from './types.ts';

/** When to ask again, unless the error knows better. */
const RETRY_AFTER_MS = 1_000;

/** The error of a fill as customers of the SDK get it: SQL that does not answer is named as such, others pass. */
export function toSourceFailure({ facts }: Place, error: unknown): unknown {
  if (!isSqlUnavailable(error)) return error;
  const retryAfterMs = error.retryAfterMs ?? RETRY_AFTER_MS;
  return new SourceUnavailableError(`${facts.view} ${facts.key} is not in the view, and SQL does not answer.`, {
    ...facts,
    fix: `Try again after ${retryAfterMs} ms.`,
    retryAfterMs,
    cause: error,
  });
}

/**
 * "Not found" of a tombstone whose time is over: SQL would have to be asked again, and cannot be. A row that came since
 * is on its way here, by its change event.
 */
export const staleAnswer = (item: Item | undefined, error: unknown): Lookup<Document> | undefined =>
  item !== undefined && stateOf(item) === ItemState.tombstone && isSqlUnavailable(error)
    ? { found: undefined, source: ReadSource.item, stale: true }
    : undefined;

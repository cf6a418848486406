import { type Item, ItemState, type ReadVerdict, judgeRead, stateOf } from '@hybridge/protocol';
import { Primary } from '@hybridge/views';
import type { ViewLike } from './types.ts';

/**
 * What a reader of a view may conclude from an item alone. An entity that lives in the view table first is there or is
 * not: no item means none, and so does a tombstone of any age. Whatever else says nothing is asked of SQL.
 */
export function verdictOf({ primary }: ViewLike, item: Item | undefined, nowMs: number): ReadVerdict {
  const verdict = judgeRead(item, nowMs);
  if (verdict !== 'miss' || primary !== Primary.dynamodb) return verdict;
  return item === undefined || stateOf(item) === ItemState.tombstone ? 'not-found' : 'miss';
}

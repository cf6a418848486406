import { number, sameAttributes, sameValue, text, NULL } from '../../attribute.ts';
import { type Item, ItemState, columnsOf, nonceOf, stateOf, versionOf } from '../../item.ts';
import type { ProtocolContext } from '../../ports.ts';
import { buildWrite } from '../../write.ts';
import type { Decision, Seen } from '../decision.ts';
import { type RowChange, type RowChangeOutcome, ViewMode, decideRowChange } from '../row-change.ts';
import { heldOf, touchedContent } from './fragment.ts';
import type { Links } from './relation.ts';

/** unchanged: the columns that others embed are what they were. */
export type BaseOutcome = RowChangeOutcome | 'unchanged';

/**
 * Conditions 14 and 14': a row change on the parent's base item, which is an item of a hidden eager view. It is read
 * first, since a read costs less than the query for children that is spared where nothing they hold has changed.
 * @param links where the parent itself points; empty for one without relations
 */
export function decideBaseChange(
  change: RowChange,
  links: Links,
  context: ProtocolContext,
  seen: Seen,
): Decision<BaseOutcome> {
  if (seen === undefined) return { do: 'read' };
  const { item } = seen;
  if (item === undefined || !isUnchanged(change, links, item)) {
    return decideRowChange(change, ViewMode.eager, context, seen);
  }
  const write = buildWrite('touchBase', {
    key: change.key,
    values: {
      v: text(change.version),
      fv: touchedContent(item, change.version),
      fx: change.transaction === undefined ? NULL : text(change.transaction),
      ct: number(change.committedAt),
      w: text(context.nonce()),
      w0: text(nonceOf(item)),
    },
  });
  return { do: 'write', write, outcome: 'unchanged' };
}

function isUnchanged(change: RowChange, links: Links, item: Item): boolean {
  const version = versionOf(item);
  if (stateOf(item) !== ItemState.live || version === undefined || version >= change.version) return false;
  if (Object.entries(links).some(([relation, parent]) => heldOf(item, relation)?.parent !== parent)) return false;
  if (change.kind === 'upsert') return sameAttributes(columnsOf(item), change.columns);
  return change.kind === 'partial' && Object.entries(change.columns).every(([name, it]) => sameValue(item[name], it));
}

/**
 * Whether children have to be told after a row change of the parent came to its end, or by whom it was written before:
 * whoever wrote it may have died before the fan-out.
 * @param covers the change stands for earlier ones
 */
export function mustFanOut(
  change: RowChange,
  ended: { readonly outcome: BaseOutcome; readonly item: Item | undefined },
  covers: boolean,
): boolean {
  switch (ended.outcome) {
    case 'unchanged':
      return covers;
    case 'stale':
      return ended.item !== undefined && versionOf(ended.item) === change.version;
    case 'quarantined':
      return false;
    default:
      return true;
  }
}

import { text } from '../../attribute.ts';
import { type Item, ItemState, Meta, stateOf, versionOf } from '../../item.ts';
import type { ProtocolContext } from '../../ports.ts';
import { type Write, buildWrite } from '../../write.ts';
import { type Decision, type Seen, done } from '../decision.ts';
import { type Fragment, heldOf, refreshWrite } from './fragment.ts';
import { type Reference, deleteReferenceWrite } from './reference.ts';

/** One child of a parent whose base item was read after the change that is brought. */
export interface Refresh {
  readonly reference: Reference;
  /** The attribute of the child. */
  readonly relation: string;
  /** `fragmentOf` the base item; there is nothing to bring where its version is empty. */
  readonly fragment: Fragment;
}

/**
 * refreshed · current: the child has it already · filling: whoever fills the child begins again, and reads the parent as
 * it is now · astray: the child points elsewhere, the reference can go · waiting: the child's writer is under way, and
 * reads the parent after this.
 */
export type RefreshOutcome = 'refreshed' | 'current' | 'filling' | 'astray' | 'waiting';

/** Conditions 13 and 13': brings a parent's fragment to one child. */
export function decideRefresh(refresh: Refresh, context: ProtocolContext, seen: Seen): Decision<RefreshOutcome> {
  const { reference, relation, fragment } = refresh;
  if (seen === undefined) return refreshed(refresh);
  const { item } = seen;
  if (item === undefined) return done('waiting');
  const held = heldOf(item, relation);
  if (held?.parent === reference.parent) {
    return held.version < fragment.version ? refreshed(refresh) : done('current');
  }
  if (stateOf(item) === ItemState.fence && item[Meta.leaseToken] !== undefined) {
    const write = buildWrite('endLease', { key: reference.child, values: { w: text(context.nonce()) } });
    return { do: 'write', write, outcome: 'filling' };
  }
  const version = versionOf(item);
  return done(version !== undefined && reference.version < version ? 'astray' : 'waiting');
}

const refreshed = ({ reference, relation, fragment }: Refresh): Decision<RefreshOutcome> => ({
  do: 'write',
  write: refreshWrite(reference.child, relation, reference.parent, fragment),
  outcome: 'refreshed',
});

/**
 * What to do about the reference of a child that is astray: a child of that version, and any later fill of it, puts its
 * references at that version or a later one, which the condition leaves alone.
 * @param item the child's, as `decideRefresh` saw it
 */
export function strayReferenceWrite({ key }: Reference, item: Item | undefined): Write | undefined {
  const version = item === undefined ? undefined : versionOf(item);
  return version === undefined ? undefined : deleteReferenceWrite(key, version);
}

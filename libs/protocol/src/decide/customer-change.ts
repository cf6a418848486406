import type { Attributes } from '../attribute.ts';
import { text } from '../attribute.ts';
import {
  type ChangeOperation,
  type Item,
  type ItemKey,
  ItemState,
  type PendingChange,
  columnsOf,
  encodePendingList,
  encodeTruth,
  nonceOf,
  outcomesOf,
  pendingOf,
  stateOf,
  truthOf,
  versionOf,
} from '../item.ts';
import type { ProtocolContext } from '../ports.ts';
import { type ItemShape, derivedColumns } from '../shape.ts';
import { ZERO_VERSION } from '../version.ts';
import { buildWrite } from '../write.ts';
import { type Decision, type Seen, done } from './decision.ts';
import { render } from './render.ts';
import { pendingSince } from './settle.ts';

/** What a customer asks for: an update of some columns, a new row, or the end of one. */
export interface CustomerChange {
  readonly id: string;
  readonly key: ItemKey;
  readonly op: ChangeOperation;
  /** New values by attribute name; all own columns for an insert, empty for a delete. */
  readonly set: Attributes;
  readonly shape: ItemShape;
  /** Attributes that an update is compared by besides those it sets, such as all of them, or a version; default none. */
  readonly compared?: readonly string[];
  readonly by: string;
  /** The nonce of the item the customer looked at; when given, any other state of the item refuses the change. */
  readonly ifNonce?: string;
}

/**
 * accepted: visible at once, SQL will answer · not-found: no live item to change (fill it first, then decide again) ·
 * exists: an insert found a live item · busy: too many unanswered changes · changed: `ifNonce` no longer holds.
 */
export type CustomerChangeOutcome = 'accepted' | 'not-found' | 'exists' | 'busy' | 'changed';

/** Condition 7: lays a customer's change over the item, with the truth set aside. */
export function decideCustomerChange(
  change: CustomerChange,
  context: ProtocolContext,
  seen: Seen,
): Decision<CustomerChangeOutcome> {
  if (seen === undefined) return { do: 'read' };
  if (seen.item !== undefined && knows(seen.item, change.id)) return done('accepted');
  const refusal = refusalOf(change, context, seen.item);
  if (refusal !== undefined) return done(refusal);
  return { do: 'write', write: writeOf(change, context, seen.item), outcome: 'accepted' };
}

/** A change sent twice is laid over the item once: the first answer may have been lost on its way. */
const knows = (item: Item, id: string): boolean =>
  pendingOf(item).some((change) => change.id === id) || outcomesOf(item).some((outcome) => outcome.id === id);

function refusalOf(
  change: CustomerChange,
  context: ProtocolContext,
  item: Item | undefined,
): CustomerChangeOutcome | undefined {
  const state = item === undefined ? undefined : stateOf(item);
  if (change.ifNonce !== undefined && (item === undefined || nonceOf(item) !== change.ifNonce)) return 'changed';
  if (item !== undefined && pendingOf(item).length >= context.limits.maxPending) return 'busy';
  if (change.op === 'i') {
    return state === undefined || state === ItemState.fence || state === ItemState.tombstone ? undefined : 'exists';
  }
  return state === ItemState.live ? undefined : 'not-found';
}

function writeOf(change: CustomerChange, context: ProtocolContext, item: Item | undefined) {
  const before = item === undefined ? [] : pendingOf(item);
  const pending = [...before, pendingChangeOf(change, context, item, before)];
  const truth = item === undefined ? ({ exists: 'unknown' } as const) : truthOf(item);
  const visible = render(truth, pending);
  const expression = { u: 'customerUpdate', d: 'customerDelete', i: 'customerInsert' } as const;
  return buildWrite(expression[change.op], {
    key: change.key,
    ...(visible === undefined ? { columns: change.shape.names } : derivedColumns(change.shape, visible)),
    returnNew: true,
    values: {
      t: encodeTruth(truth),
      p: encodePendingList(pending),
      pt: pendingSince(pending),
      w: text(context.nonce()),
      w0: text(item === undefined ? '' : nonceOf(item)),
      zero: text(ZERO_VERSION),
    },
  });
}

function pendingChangeOf(
  change: CustomerChange,
  context: ProtocolContext,
  item: Item | undefined,
  before: readonly PendingChange[],
): PendingChange {
  const visible = item === undefined ? {} : columnsOf(item);
  const seenNames = seenNamesOf(change, visible);
  return {
    id: change.id,
    n: (before.at(-1)?.n ?? 0) + 1,
    op: change.op,
    set: change.set,
    base: Object.fromEntries(seenNames.flatMap((name) => (visible[name] === undefined ? [] : [[name, visible[name]]]))),
    baseVersion: (item === undefined ? undefined : versionOf(item)) ?? ZERO_VERSION,
    at: context.now(),
    by: change.by,
  };
}

/**
 * What the base carries: of an update the attributes it is compared by, of a delete all, of an insert none. What is
 * derived of others says nothing more than they do.
 */
function seenNamesOf(change: CustomerChange, visible: Attributes): readonly string[] {
  if (change.op === 'i') return [];
  const derived = change.shape.derived?.names ?? [];
  return change.op === 'd'
    ? Object.keys(visible).filter((name) => !derived.includes(name))
    : [...new Set([...Object.keys(change.set), ...(change.compared ?? [])])];
}

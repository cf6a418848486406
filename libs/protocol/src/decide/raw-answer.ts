import { text } from '../attribute.ts';
import {
  type Item,
  ItemState,
  Meta,
  fragmentMeta,
  hasPending,
  nonceOf,
  relationsOf,
  rowAttributesOf,
  stateOf,
  versionOf,
} from '../item.ts';
import type { ProtocolContext } from '../ports.ts';
import { buildWrite } from '../write.ts';
import { type Decision, type Seen, done } from './decision.ts';
import { tombstoneExpiry } from './expiry.ts';
import { invalidateWrite } from './repair.ts';
import {
  type RowChange,
  type RowChangeOutcome,
  type ViewMode,
  decideRowChange,
  provenanceValues,
} from './row-change.ts';
import type { SettleSignal } from './settle.ts';

/**
 * SQL's answer to a write behind the protocol, which stands in the item with no truth below it. The row's image, where
 * the answer has one, takes its place; else the item becomes a fence at the answer's version, which proves to a fill
 * that it has seen the answer.
 *
 * stale: nothing to do; the answer to a pending change, which knows the truth, is still to come or this one came before.
 */
export function decideRawAnswer(
  signal: SettleSignal,
  mode: ViewMode,
  context: ProtocolContext,
  seen: Seen,
): Decision<RowChangeOutcome> {
  if (seen === undefined) return { do: 'read' };
  const { item } = seen;
  const version = item === undefined ? undefined : versionOf(item);
  if (item !== undefined && version !== undefined && version >= signal.version) {
    return decideOnAsNew(signal, context, item, version);
  }
  const change = imageChange(signal, item);
  if (change !== undefined) return decideRowChange(change, mode, context, seen);
  if (item !== undefined && hasPending(item)) return done('stale');
  const write = buildWrite('fenceRaw', {
    key: signal.key,
    columns: foundColumns(item),
    values: { ...provenanceValues(signal), x: tombstoneExpiry(context), w: text(context.nonce()) },
  });
  return { do: 'write', write, outcome: 'fenced' };
}

/** A newer update that left out unchanged large values left those that were written behind the protocol. */
function decideOnAsNew(
  signal: SettleSignal,
  context: ProtocolContext,
  item: Item,
  version: string,
): Decision<RowChangeOutcome> {
  if (version === signal.version) return done(stateOf(item) === ItemState.fence ? 'fenced' : 'stale');
  if (hasPending(item) || !isOfProtocol(item)) return done('stale');
  return { do: 'write', write: invalidateWrite(item, foundColumns(item), signal.key, context), outcome: 'fenced' };
}

/** The image as the row change that it is; undefined when there is none, or it would leave something foreign behind. */
function imageChange({ image, outcome: _, ...signal }: SettleSignal, item: Item | undefined): RowChange | undefined {
  const known = [...signal.shape.names, ...fragmentsOf(item)];
  const foreign = foundColumns(item).some((name) => !known.includes(name));
  if (foreign || (item !== undefined && !isOfProtocol(item))) return undefined;
  if (image?.exists === true) return { ...signal, kind: 'upsert', columns: image.columns };
  return image?.exists === false ? { ...signal, kind: 'delete', columns: {} } : undefined;
}

/** Whatever the item carries of a row, also what no definition knows. */
const foundColumns = (item: Item | undefined): readonly string[] => (item === undefined ? [] : rowAttributesOf(item));

/** Attributes of other rows' fragments: those stay with the row that they were put to. */
const fragmentsOf = (item: Item | undefined): readonly string[] =>
  item === undefined ? [] : relationsOf(item).flatMap((relation) => [relation, fragmentMeta(relation)]);

/** What the conditions of the protocol take an item for; with anything else they would be refused for ever. */
function isOfProtocol(item: Item): boolean {
  const states: readonly string[] = Object.values(ItemState);
  const known = states.includes(stateOf(item)) && (stateOf(item) !== ItemState.hidden || hasPending(item));
  return known && nonceOf(item) !== '' && item[Meta.version] !== undefined;
}

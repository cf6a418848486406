import { type AttributeValue, NULL, number, text } from '../attribute.ts';
import {
  type Item,
  type ItemKey,
  ItemState,
  type Outcome,
  OutcomeKind,
  type PendingChange,
  type Truth,
  committedAtOf,
  encodeOutcomes,
  encodePendingList,
  encodeTruth,
  nonceOf,
  outcomesOf,
  pendingOf,
  stateOf,
  transactionOf,
  truthOf,
  versionOf,
} from '../item.ts';
import type { ProtocolContext } from '../ports.ts';
import { type ItemShape, derivedColumns } from '../shape.ts';
import { ZERO_VERSION } from '../version.ts';
import { buildWrite } from '../write.ts';
import { type Decision, type Seen, done } from './decision.ts';
import { idleEnd, tombstoneExpiry, tombstoneValues } from './expiry.ts';
import { render } from './render.ts';
import { type Provenance, provenanceValues } from './row-change.ts';

/** SQL's answer to one customer change, as captured from the inbox table. */
export interface SettleSignal extends Provenance {
  readonly key: ItemKey;
  readonly shape: ItemShape;
  readonly outcome: Outcome;
  /** The row as it was when the answer committed. Undefined: the answer proves nothing about the row. */
  readonly image: Truth | undefined;
}

/**
 * settled · fenced: what remains is a fence, which an eager view must fill from SQL ·
 * unknown: the item does not carry this change (answered already, or the item is gone).
 */
export type SettleOutcome = 'settled' | 'fenced' | 'unknown';

/** Condition 8: takes the answered change off the item and lets the newer truth stand. */
export function decideSettle(signal: SettleSignal, context: ProtocolContext, seen: Seen): Decision<SettleOutcome> {
  if (seen === undefined) return { do: 'read' };
  const item = seen.item;
  if (item === undefined) return done('unknown');
  const pending = pendingOf(item);
  const remaining = pending.filter((change) => change.id !== signal.outcome.id);
  if (remaining.length === pending.length) return done(stateOf(item) === ItemState.fence ? 'fenced' : 'unknown');

  const { truth, values } = newerTruth(signal, item, pending);
  const common = {
    ...values,
    w: text(context.nonce()),
    w0: text(nonceOf(item)),
    r: encodeOutcomes([...outcomesOf(item), signal.outcome].slice(-context.limits.maxOutcomes)),
  };
  return remaining.length === 0
    ? settleLast(signal, context, truth, common)
    : settleOne(signal, truth, remaining, common);
}

function newerTruth(
  signal: SettleSignal,
  item: Item,
  pending: readonly PendingChange[],
): { truth: Truth; values: Record<string, AttributeValue> } {
  const version = versionOf(item) ?? ZERO_VERSION;
  if (signal.image !== undefined && signal.version > version) {
    return { truth: signal.image, values: provenanceValues(signal) };
  }
  const transaction = transactionOf(item);
  return {
    truth: foundNothing(signal, pending) && signal.version > version ? refuted(truthOf(item)) : truthOf(item),
    values: {
      v: text(version),
      fx: transaction === undefined ? NULL : text(transaction),
      ct: number(committedAtOf(item) ?? signal.committedAt),
    },
  };
}

/**
 * A deletion that found no row: others had deleted it, and their event is still on its way. Nothing locks a missing row,
 * so that the answer does not prove its absence either.
 */
const foundNothing = (signal: SettleSignal, pending: readonly PendingChange[]): boolean =>
  signal.outcome.out === OutcomeKind.applied &&
  signal.image === undefined &&
  pending.some(({ id, op }) => id === signal.outcome.id && op === 'd');

/** Without the row that is known to be gone, or to have come since. The version stays, as it proves no more than before. */
const refuted = (truth: Truth): Truth => (truth.exists === true ? { exists: 'unknown' } : truth);

function settleOne(
  signal: SettleSignal,
  truth: Truth,
  remaining: readonly PendingChange[],
  common: Record<string, AttributeValue>,
): Decision<SettleOutcome> {
  const visible = render(truth, remaining);
  const write = buildWrite(visible === undefined ? 'settleHidden' : 'settleVisible', {
    key: signal.key,
    ...(visible === undefined ? { columns: signal.shape.names } : derivedColumns(signal.shape, visible)),
    values: {
      ...common,
      t: encodeTruth(truth),
      p: encodePendingList(remaining),
      pt: pendingSince(remaining),
      st: text(visible === undefined ? ItemState.hidden : ItemState.live),
    },
  });
  return { do: 'write', write, outcome: 'settled' };
}

function settleLast(
  signal: SettleSignal,
  context: ProtocolContext,
  truth: Truth,
  common: Record<string, AttributeValue>,
): Decision<SettleOutcome> {
  const key = signal.key;
  if (truth.exists === true) {
    const write = buildWrite('settleLive', {
      key,
      ...derivedColumns(signal.shape, truth.columns),
      ends: idleEnd(signal.shape, context),
      values: common,
    });
    return { do: 'write', write, outcome: 'settled' };
  }
  const columns = signal.shape.names;
  if (truth.exists === false) {
    const write = buildWrite('settleAbsent', { key, columns, values: { ...common, ...tombstoneValues(context) } });
    return { do: 'write', write, outcome: 'settled' };
  }
  // The change may lie over what was a tombstone: what it held off must stay away as long.
  const write = buildWrite('settleUnknown', { key, columns, values: { ...common, x: tombstoneExpiry(context) } });
  return { do: 'write', write, outcome: 'fenced' };
}

/** Time of the oldest pending change, as the sweeper's sparse index wants it: an ISO string. */
export function pendingSince(pending: readonly PendingChange[]): AttributeValue {
  const oldest = Math.min(...pending.map((change) => change.at));
  return text(new Date(oldest).toISOString());
}

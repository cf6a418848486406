import {
  ApplyCustomerChange,
  type ApplyCustomerChangeData,
  CustomerChangeApplied,
  CustomerChangeRejected,
} from '@hybridge/contracts';
import {
  type Item,
  type ItemKey,
  type Outcome,
  OutcomeKind,
  outcomesOf,
  pendingOf,
  pendingToWire,
  versionOf,
} from '@hybridge/protocol';
import { StreamPipeError } from './errors.ts';
import { type OutgoingMessage, messageOf } from './message.ts';

export interface ItemChange {
  readonly view: string;
  readonly key: ItemKey;
  readonly before: Item | undefined;
  readonly after: Item;
}

/**
 * The command a write calls for: only when it brought a pending change the item did not have. Writes of the projector
 * and answers of SQL never add one, so nothing of theirs can come back to SQL as a customer's change.
 * @param fits whether the bus takes a message of this size
 */
export function commandOf(change: ItemChange, fits: (message: OutgoingMessage) => boolean): readonly OutgoingMessage[] {
  const known = idsOf(change.before);
  const pending = pendingOf(change.after);
  const newest = pending.findLast((each) => !known.has(each.id));
  if (newest === undefined) return [];
  const command = (data: ApplyCustomerChangeData): OutgoingMessage =>
    messageOf(
      ApplyCustomerChange,
      { ...change, kind: 'command', at: newest.at, itemVersion: undefined, identity: newest.id },
      data,
    );
  const whole = command({ truncated: false, pending: pendingToWire(pending) });
  return [fits(whole) ? whole : command({ truncated: true, pending: [] })];
}

/** How the pending changes ended that this write took off the item. One failure does not hide the others. */
export function outcomesOfChange(change: ItemChange): readonly (OutgoingMessage | StreamPipeError)[] {
  const remaining = idsOf(change.after);
  const ended = [...idsOf(change.before)].filter((id) => !remaining.has(id));
  if (ended.length === 0) return [];
  const outcomes = new Map(outcomesOf(change.after).map((outcome) => [outcome.id, outcome]));
  return ended.map((id) => {
    const outcome = outcomes.get(id);
    if (outcome !== undefined) return outcomeMessage(change, outcome);
    return new StreamPipeError(
      'HYBRIDGE_STREAM_PIPE_OUTCOME_MISSING',
      `Change ${id} left the item without an outcome.`,
    );
  });
}

function outcomeMessage(change: ItemChange, outcome: Outcome): OutgoingMessage {
  const occurrence = {
    ...change,
    kind: 'outcome' as const,
    at: outcome.at,
    itemVersion: versionOf(change.after),
    identity: outcome.id,
  };
  const at = new Date(outcome.at).toISOString();
  const { id: changeId, code, message } = outcome;
  if (outcome.out === OutcomeKind.applied) {
    const leftOut = code === undefined ? {} : { code, message: message ?? '' };
    return messageOf(CustomerChangeApplied, occurrence, { changeId, at, ...leftOut });
  }
  const reason = { code: code ?? 'UNKNOWN', message: message ?? '' };
  return messageOf(CustomerChangeRejected, occurrence, { changeId, ...reason, at });
}

const idsOf = (item: Item | undefined): ReadonlySet<string> =>
  new Set(item === undefined ? [] : pendingOf(item).map((change) => change.id));

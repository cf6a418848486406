import {
  type CustomerChange,
  type CustomerChangeOutcome,
  type Decision,
  type Ended,
  type Item,
  ItemState,
  type ItemStore,
  type ProtocolContext,
  type Seen,
  carryOut,
  decideCustomerChange,
  pendingOf,
  sameAttributes,
  stateOf,
} from '@hybridge/protocol';
import { type FillResult, type Filler, UncachedReason } from '@hybridge/reader-sql';
import { statusOf } from './change-status.ts';
import {
  AlreadyExistsError,
  ChangeIdReusedError,
  NotFoundError,
  PreconditionFailedError,
  TooManyPendingError,
  UncacheableError,
  UnsettledError,
} from './errors.ts';
import type { Place } from './place.ts';
import { verdictOf } from './verdict.ts';

export interface ChangeDependencies {
  readonly store: ItemStore;
  readonly filler: Filler;
  readonly context: ProtocolContext;
}

export interface ChangedItem {
  readonly item: Item | undefined;
  readonly repeated: boolean;
}

/** `missing`: the item does not say what SQL holds; fill it first. `repeated`: the change is there already. */
type Outcome = CustomerChangeOutcome | 'missing' | 'repeated';

/** How often a change event may come between filling an item and changing it. */
const MAX_FILLS = 5;

/**
 * Lays a change over the item, filled first when there is none.
 * @throws the refusals of `errors.ts`, and whatever store and fill throw
 */
export async function changeItem(
  dependencies: ChangeDependencies,
  place: Place,
  change: CustomerChange,
): Promise<ChangedItem> {
  for (let fills = 0; fills <= MAX_FILLS; fills += 1) {
    const ended = await attempt(dependencies, place, change);
    if (ended.outcome === 'accepted' || ended.outcome === 'repeated') {
      return { item: ended.item, repeated: ended.outcome === 'repeated' };
    }
    if (ended.outcome !== 'missing') throw refusal(ended.outcome, place, change, ended.item);
    const filled = await dependencies.filler.fill(place.view, place.itemKey, place.keyRow);
    assertChangeable(filled, place, change);
  }
  throw new UnsettledError(`${place.facts.view} ${place.facts.key} is being changed by others all the time.`, {
    ...place.facts,
    fix: 'Try again.',
  });
}

const attempt = (
  { store, context }: ChangeDependencies,
  place: Place,
  change: CustomerChange,
): Promise<Ended<Outcome>> =>
  carryOut<Outcome>(store, place.itemKey, (seen: Seen): Decision<Outcome> => {
    if (seen === undefined) return { do: 'read' };
    if (statusOf(seen.item, change.id).status !== 'unknown') {
      assertSameChange(place, change, seen.item);
      return { do: 'done', outcome: 'repeated' };
    }
    if (verdictOf(place.view, seen.item, context.now()) === 'miss') return { do: 'done', outcome: 'missing' };
    return decideCustomerChange(change, context, seen);
  });

function assertSameChange(place: Place, change: CustomerChange, item: Item | undefined): void {
  const pending = item === undefined ? undefined : pendingOf(item).find(({ id }) => id === change.id);
  if (pending === undefined) return; // answered: the item no longer knows what it was
  if (pending.op === change.op && sameAttributes(pending.set, change.set)) return;
  throw new ChangeIdReusedError(`Change ${change.id} of ${place.facts.view} ${place.facts.key} is another change.`, {
    ...place.facts,
    fix: 'Give every change an id of its own.',
  });
}

/** After a fill: whether trying the change again can succeed. */
function assertChangeable(filled: FillResult, place: Place, change: CustomerChange): void {
  const { facts } = place;
  if (filled.outcome !== 'uncached') {
    if (filled.outcome === 'absent' && change.op !== 'i') throw notFound(place);
    return;
  }
  if (filled.reason === UncachedReason.unstorable) {
    const message = `${facts.view} ${facts.key} holds a value that DynamoDB cannot, so it cannot be changed here.`;
    throw new UncacheableError(message, { ...facts, fix: 'Change it in the system that owns the SQL database.' });
  }
  if (filled.reason !== UncachedReason.unproven) return; // others are at work on the item: look again
  throw new UnsettledError(`${facts.view} ${facts.key} could not be filled: SQL does not show its last commit yet.`, {
    ...facts,
    fix: 'Try again.',
  });
}

function refusal(
  outcome: Exclude<Outcome, 'accepted' | 'repeated' | 'missing'>,
  place: Place,
  change: CustomerChange,
  item: Item | undefined,
): Error {
  const { facts } = place;
  const name = `${facts.view} ${facts.key}`;
  switch (outcome) {
    case 'not-found':
      return notFound(place);
    case 'exists':
      return item !== undefined && stateOf(item) === ItemState.hidden
        ? new AlreadyExistsError(`${name} was deleted, and SQL has not answered yet.`, {
            ...facts,
            fix: 'Try again later.',
          })
        : new AlreadyExistsError(`${name} exists already.`, { ...facts, fix: 'Update it instead.' });
    case 'busy':
      return new TooManyPendingError(`${name} has as many unanswered changes as it may.`, {
        ...facts,
        fix: 'Try again after SQL has answered some of them.',
      });
    case 'changed':
      return new PreconditionFailedError(`${name} is no longer at version ${change.ifNonce}.`, {
        ...facts,
        fix: 'Read it again and decide anew.',
      });
  }
}

const notFound = ({ facts }: Place): NotFoundError =>
  new NotFoundError(`${facts.view} has no row ${facts.key}.`, { ...facts });

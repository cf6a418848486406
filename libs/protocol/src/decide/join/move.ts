import { entriesOf, map, scalarOf, text } from '../../attribute.ts';
import { type Item, type ItemKey, JoinMeta, isSameKey, versionOf } from '../../item.ts';
import type { ProtocolContext } from '../../ports.ts';
import type { Version } from '../../version.ts';
import { type Write, buildWrite } from '../../write.ts';
import { tombstoneExpiry } from '../expiry.ts';
import { type Answer, type Call, type ChildFlight, type ChildOperation, advanceChild, startChild } from './child.ts';

/**
 * A row change of a view whose key has columns that may change, such as that of a parent. Changes of one row must be
 * carried out one after the other, and may be merged only where the row stays.
 */
export interface Move<Outcome> {
  readonly anchor: ItemKey;
  readonly version: Version;
  /** Where the row's item belongs; undefined: the row is gone. */
  readonly place: ItemKey | undefined;
  /** Tried first where the row probably stays: ends with `unsure` unless a live item was there. */
  readonly stay: ChildOperation<Outcome | 'unsure'> | undefined;
  /** Puts the item where it belongs; undefined: the row is gone. */
  readonly arrive: ChildOperation<Outcome> | undefined;
  /** Leaves a tombstone of the change's version. */
  readonly leave: (place: ItemKey) => ChildOperation<Outcome>;
  readonly context: ProtocolContext;
}

/** moved: every place that held the row tells so now · overtaken: a later change of the row has its anchor. */
export type MoveOutcome<Outcome> = Outcome | 'moved' | 'overtaken';

export type MoveFlight<Outcome> =
  | { readonly phase: 'done'; readonly outcome: MoveOutcome<Outcome>; readonly item: Item | undefined }
  | { readonly phase: 'stay'; readonly inner: ChildFlight<Outcome | 'unsure'>; readonly call: Call }
  | { readonly phase: 'anchor'; readonly call: Call }
  | {
      readonly phase: 'arrive' | 'leave';
      readonly inner: ChildFlight<Outcome>;
      readonly seen: SeenAnchor;
      readonly arrived: Arrived<Outcome> | undefined;
      readonly call: Call;
    }
  | { readonly phase: 'last'; readonly arrived: Arrived<Outcome> | undefined; readonly call: Call };

interface Arrived<Outcome> {
  readonly outcome: Outcome;
  readonly item: Item | undefined;
}

interface SeenAnchor {
  readonly version: Version | undefined;
  readonly at: ItemKey | undefined;
}

export const startMove = <Outcome>(move: Move<Outcome>): MoveFlight<Outcome> =>
  move.stay === undefined ? readAnchor(move) : stayed(move, startChild(move.stay));

const readAnchor = <Outcome>({ anchor }: Move<Outcome>): MoveFlight<Outcome> => ({
  phase: 'anchor',
  call: { do: 'read', keys: [anchor] },
});

/** @throws as `advanceChild` */
export function advanceMove<Outcome>(
  move: Move<Outcome>,
  flight: MoveFlight<Outcome>,
  answer: Answer,
): MoveFlight<Outcome> {
  switch (flight.phase) {
    case 'done':
      return flight;
    case 'stay':
      return stayed(move, advanceChild(move.stay as ChildOperation<Outcome | 'unsure'>, flight.inner, answer));
    case 'anchor':
      return arrive(move, seenAnchor('items' in answer ? answer.items[0] : undefined));
    case 'arrive':
      return arrived(move, flight.seen, advanceChild(move.arrive as ChildOperation<Outcome>, flight.inner, answer));
    case 'leave': {
      const left = advanceChild(move.leave(flight.seen.at as ItemKey), flight.inner, answer);
      return leaving(move, flight.seen, left, flight.arrived);
    }
    case 'last':
      return anchored(move, flight.arrived, answer);
  }
}

function stayed<Outcome>(move: Move<Outcome>, inner: ChildFlight<Outcome | 'unsure'>): MoveFlight<Outcome> {
  if (inner.phase !== 'done') return { phase: 'stay', inner, call: inner.call };
  if (inner.outcome === 'unsure') return readAnchor(move);
  return { phase: 'done', outcome: inner.outcome, item: inner.item };
}

function arrive<Outcome>(move: Move<Outcome>, seen: SeenAnchor): MoveFlight<Outcome> {
  if (seen.version !== undefined && seen.version > move.version) {
    return { phase: 'done', outcome: 'overtaken', item: undefined };
  }
  if (move.arrive === undefined) return leave(move, seen, undefined);
  return arrived(move, seen, startChild(move.arrive));
}

function arrived<Outcome>(move: Move<Outcome>, seen: SeenAnchor, inner: ChildFlight<Outcome>): MoveFlight<Outcome> {
  if (inner.phase !== 'done') return { phase: 'arrive', inner, seen, arrived: undefined, call: inner.call };
  return leave(move, seen, { outcome: inner.outcome, item: inner.item });
}

/** The old place: a tombstone, never a missing item. */
function leave<Outcome>(
  move: Move<Outcome>,
  seen: SeenAnchor,
  done: Arrived<Outcome> | undefined,
): MoveFlight<Outcome> {
  if (seen.at === undefined) return last(move, seen, done);
  if (isSameKey(seen.at, move.place)) return finished(done);
  return leaving(move, seen, startChild(move.leave(seen.at)), done);
}

const leaving = <Outcome>(
  move: Move<Outcome>,
  seen: SeenAnchor,
  inner: ChildFlight<Outcome>,
  done: Arrived<Outcome> | undefined,
): MoveFlight<Outcome> =>
  inner.phase === 'done' ? last(move, seen, done) : { phase: 'leave', inner, seen, arrived: done, call: inner.call };

/** The anchor comes last, so that whoever dies before it is repeated with the old place known. */
const last = <Outcome>(
  { anchor, place, version, context }: Move<Outcome>,
  seen: SeenAnchor,
  done: Arrived<Outcome> | undefined,
): MoveFlight<Outcome> => ({
  phase: 'last',
  arrived: done,
  call: { do: 'write', writes: [anchorWrite(anchor, { place, version, seen: seen.version }, context)] },
});

/** Somebody else was at the anchor since: a fill that found the row at another place, or a later change. */
function anchored<Outcome>(
  move: Move<Outcome>,
  done: Arrived<Outcome> | undefined,
  answer: Answer,
): MoveFlight<Outcome> {
  const result = 'results' in answer ? answer.results[0] : undefined;
  if (result === undefined || result.ok) return finished(done);
  const seen = seenAnchor(result.item);
  if (seen.version !== undefined && seen.version >= move.version) return finished(done);
  return leave(move, seen, done);
}

const finished = <Outcome>(done: Arrived<Outcome> | undefined): MoveFlight<Outcome> => ({
  phase: 'done',
  outcome: done?.outcome ?? 'moved',
  item: done?.item,
});

const seenAnchor = (item: Item | undefined): SeenAnchor => ({
  version: item === undefined ? undefined : versionOf(item),
  at: placeNamed(item),
});

/** The place that an anchor names; undefined: none, as of a row that is gone. */
export function placeNamed(anchor: Item | undefined): ItemKey | undefined {
  const at = entriesOf(anchor?.[JoinMeta.place]);
  const [pk, sk] = [scalarOf(at['pk']), scalarOf(at['sk'])];
  return pk === undefined || sk === undefined ? undefined : { pk, sk };
}

interface AnchorInput {
  readonly place: ItemKey | undefined;
  readonly version: Version;
  /** Version of the anchor that was seen; undefined: there was none. */
  readonly seen: Version | undefined;
}

/** Condition 15. */
export const anchorWrite = (key: ItemKey, { place, version, seen }: AnchorInput, context: ProtocolContext): Write =>
  buildWrite(place === undefined ? 'endAnchor' : 'setAnchor', {
    key,
    values: {
      v: text(version),
      v0: text(seen ?? ''),
      at: map(place === undefined ? {} : { pk: text(place.pk), sk: text(place.sk) }),
      x: tombstoneExpiry(context),
    },
  });

/**
 * Whether a fill may store what it found at a place: before its write it sets the anchor, where there is none. An anchor
 * that names another place is a change's, or another fill's, and knows better.
 * @param anchor as it stood when it was not set
 */
export const mayFillAt = (place: ItemKey, anchor: Item | undefined): boolean => isSameKey(place, placeNamed(anchor));

import type { Item, ItemKey } from '../../item.ts';
import type { WriteResult } from '../../ports.ts';
import type { Version } from '../../version.ts';
import type { Write } from '../../write.ts';
import { type Decision, type Seen, isSame, refused } from '../decision.ts';
import { type Fragment, type FragmentPart, fragmentOf, heldOf, refreshWrite, withFragments } from './fragment.ts';
import { dropped, effectOf, pointing, putsOf, relationOf, unreferencesOf } from './parts.ts';
import { putReferenceWrite } from './reference.ts';
import { type Links, type Relation, baseKeyOf } from './relation.ts';

/** Any operation on the item of a view with relations: what the shipped decision does, and where the row points. */
export interface ChildOperation<Outcome> {
  readonly key: ItemKey;
  /** As for a view without relations: `decideRowChange`, `decideSettle`, a fill's write … */
  readonly decide: (seen: Seen) => Decision<Outcome>;
  /** Where the truth that the operation brings points; undefined: it brings none. */
  readonly links: Links | undefined;
  /** Version of that truth; of a fill the lease's. */
  readonly version: Version;
  readonly relations: readonly Relation[];
  /**
   * What is tried first where nothing is known of the item. `same`: the row points where it did, one write and no read.
   * `other`: it is new, or the event shows that it points elsewhere. Only an order.
   */
  readonly guess: 'same' | 'other';
  /**
   * Whether it stands for earlier operations, one of which may have been written before a crash and not checked; merged
   * changes do.
   */
  readonly covers?: boolean;
  /**
   * Whether the fragments are compared with the parents once more after the write. False for fills only: nobody would
   * repeat that for a reader that dies, so that fan-out ends a fill instead.
   */
  readonly checks: boolean;
}

/** Calls that do not depend on each other. */
export type Call =
  | { readonly do: 'read'; readonly keys: readonly ItemKey[] }
  | { readonly do: 'write'; readonly writes: readonly Write[] };

/** In the order of the call's keys or writes. */
export type Answer = { readonly items: readonly (Item | undefined)[] } | { readonly results: readonly WriteResult[] };

/** An operation between two calls: plain data, and nothing but what is still needed. */
export type ChildFlight<Outcome> =
  | { readonly phase: 'done'; readonly outcome: Outcome; readonly item: Item | undefined }
  | (Working<Outcome> & { readonly call: Call });

type Working<Outcome> =
  | { readonly phase: 'item' }
  /** References, then parents, then the item itself. */
  | { readonly phase: 'references' | 'parents' | 'row'; readonly attempt: Attempt<Outcome> }
  | { readonly phase: 'look'; readonly end: End<Outcome> }
  | { readonly phase: 'check'; readonly end: End<Outcome>; readonly held: readonly HeldRelation[] }
  | { readonly phase: 'refresh' | 'unreference'; readonly end: End<Outcome> };

interface Attempt<Outcome> {
  readonly seen: Seen;
  readonly write: Write;
  readonly outcome: Outcome;
  readonly parts: readonly FragmentPart[];
}

interface End<Outcome> {
  readonly outcome: Outcome;
  readonly item: Item | undefined;
  readonly unreferences: readonly Write[];
}

interface HeldRelation {
  readonly relation: string;
  readonly parent: string;
  readonly version: string;
}

/** J1 to J5. @param first what is known of the item, as for `carryOut` */
export function startChild<Outcome>(operation: ChildOperation<Outcome>, first?: Seen): ChildFlight<Outcome> {
  return decided(operation, first);
}

/**
 * @param answer to the flight's call
 * @throws ProtocolError `HYBRIDGE_PROTOCOL_WRITE_REFUSED`, as `carryOut`
 */
export function advanceChild<Outcome>(
  operation: ChildOperation<Outcome>,
  flight: ChildFlight<Outcome>,
  answer: Answer,
): ChildFlight<Outcome> {
  switch (flight.phase) {
    case 'done':
      return flight;
    case 'item':
      return decided(operation, { item: itemsOf(answer)[0] });
    case 'references':
      return readParents(flight.attempt);
    case 'parents':
      return writeRow(withParents(operation, flight.attempt, itemsOf(answer)));
    case 'row':
      return afterRow(operation, flight.attempt, resultsOf(answer)[0] as WriteResult);
    case 'look':
      return check(flight.end, heldIn(operation, itemsOf(answer)[0]));
    case 'check':
      return refresh(operation, flight.end, staleIn(operation, flight.held, itemsOf(answer)));
    case 'refresh':
      return unreference(flight.end);
    case 'unreference':
      return ended(flight.end);
  }
}

const itemsOf = (answer: Answer): readonly (Item | undefined)[] => ('items' in answer ? answer.items : []);
const resultsOf = (answer: Answer): readonly WriteResult[] => ('results' in answer ? answer.results : []);

const read = (keys: readonly ItemKey[]): Call => ({ do: 'read', keys });
const send = (writes: readonly Write[]): Call => ({ do: 'write', writes });

function decided<Outcome>(operation: ChildOperation<Outcome>, seen: Seen): ChildFlight<Outcome> {
  const decision = operation.decide(seen);
  if (decision.do === 'read') return { phase: 'item', call: read([operation.key]) };
  if (decision.do === 'done') return alreadyDone(operation, decision.outcome, seen?.item);
  const { write, outcome } = decision;
  switch (effectOf(operation, write)) {
    case 'none':
      return writeRow({ seen, write, outcome, parts: [] });
    case 'gone':
      // What it pointed to has to be known: nobody else would take the reference away.
      if (operation.relations.length === 0) return writeRow({ seen, write, outcome, parts: [] });
      if (seen === undefined) return { phase: 'item', call: read([operation.key]) };
      return writeRow({ seen, write, outcome, parts: dropped(operation, seen.item) });
    case 'points':
      return putReferences(operation, { seen, write, outcome, parts: pointing(operation, seen) });
  }
}

/** J1. */
function putReferences<Outcome>(operation: ChildOperation<Outcome>, attempt: Attempt<Outcome>): ChildFlight<Outcome> {
  const writes = putsOf(attempt.parts).map(({ relation, parent }) =>
    putReferenceWrite(parent, relationOf(operation, relation), operation.key, operation.version),
  );
  if (writes.length === 0) return writeRow(attempt);
  return { phase: 'references', attempt, call: send(writes) };
}

/** J2: after the references are there. */
const readParents = <Outcome>(attempt: Attempt<Outcome>): ChildFlight<Outcome> => ({
  phase: 'parents',
  attempt,
  call: read(putsOf(attempt.parts).map(({ parent }) => baseKeyOf(parent))),
});

function withParents<Outcome>(
  operation: ChildOperation<Outcome>,
  attempt: Attempt<Outcome>,
  parents: readonly (Item | undefined)[],
): Attempt<Outcome> {
  const puts = putsOf(attempt.parts);
  const filled = attempt.parts.map((part): FragmentPart => {
    const at = puts.findIndex((put) => put === part);
    return at === -1 || part.do !== 'put'
      ? part
      : { ...part, fragment: fragmentOf(parents[at], relationOf(operation, part.relation)) };
  });
  return { ...attempt, parts: filled };
}

/** J3: condition 12. */
const writeRow = <Outcome>(attempt: Attempt<Outcome>): ChildFlight<Outcome> => ({
  phase: 'row',
  attempt,
  call: send([withFragments(attempt.write, attempt.parts)]),
});

function afterRow<Outcome>(
  operation: ChildOperation<Outcome>,
  { seen, write, outcome, parts }: Attempt<Outcome>,
  result: WriteResult,
): ChildFlight<Outcome> {
  if (!result.ok) {
    if (isSame(seen?.item, result.item)) throw refused(operation.key, write);
    return decided(operation, { item: result.item });
  }
  const end = { outcome, item: result.item, unreferences: unreferencesOf(operation, seen?.item, write, parts) };
  if (!operation.checks) return unreference(end);
  const kept = parts.some((part) => part.do === 'keep' && part.parent !== '');
  if (operation.covers === true && kept) return { phase: 'look', end, call: read([operation.key]) };
  const puts = putsOf(parts);
  return check(
    end,
    puts.map(({ relation, parent, fragment }) => ({ relation, parent, version: fragment.version })),
  );
}

/** It was done before, maybe by somebody who died before J4. */
function alreadyDone<Outcome>(
  operation: ChildOperation<Outcome>,
  outcome: Outcome,
  item: Item | undefined,
): ChildFlight<Outcome> {
  const end = { outcome, item, unreferences: [] };
  return operation.checks ? check(end, heldIn(operation, item)) : ended(end);
}

const heldIn = <Outcome>({ relations }: ChildOperation<Outcome>, item: Item | undefined): readonly HeldRelation[] =>
  relations.flatMap(({ name }) => {
    const held = heldOf(item, name);
    return held === undefined || held.parent === '' ? [] : [{ relation: name, ...held }];
  });

/** J4: are the parents newer by now than what the item was given? */
function check<Outcome>(end: End<Outcome>, held: readonly HeldRelation[]): ChildFlight<Outcome> {
  if (held.length === 0) return unreference(end);
  return { phase: 'check', end, held, call: read(held.map(({ parent }) => baseKeyOf(parent))) };
}

interface Stale {
  readonly held: HeldRelation;
  readonly fragment: Fragment;
}

const staleIn = <Outcome>(
  operation: ChildOperation<Outcome>,
  held: readonly HeldRelation[],
  parents: readonly (Item | undefined)[],
): readonly Stale[] =>
  held.flatMap((one, at) => {
    const fragment = fragmentOf(parents[at], relationOf(operation, one.relation));
    return fragment.version > one.version ? [{ held: one, fragment }] : [];
  });

function refresh<Outcome>(
  { key }: ChildOperation<Outcome>,
  end: End<Outcome>,
  stale: readonly Stale[],
): ChildFlight<Outcome> {
  const writes = stale.map(({ held, fragment }) => refreshWrite(key, held.relation, held.parent, fragment));
  return writes.length === 0 ? unreference(end) : { phase: 'refresh', end, call: send(writes) };
}

const unreference = <Outcome>(end: End<Outcome>): ChildFlight<Outcome> =>
  end.unreferences.length === 0 ? ended(end) : { phase: 'unreference', end, call: send(end.unreferences) };

const ended = <Outcome>({ outcome, item }: End<Outcome>): ChildFlight<Outcome> => ({ phase: 'done', outcome, item });

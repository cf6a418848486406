import {
  type Answer,
  type Call,
  type ChildOperation,
  type Move,
  type MoveFlight,
  type RowChange,
  type Write,
  advanceMove,
  anchorWrite,
  decideRowChange,
  formatKey,
  startMove,
  text,
} from '@hybridge/protocol';
import type { Step } from '../checker/model.ts';
import { ANCHOR, type Flight, type Parts, SHAPE, type State, applied, placeKey, progress } from './move-state.ts';
import { type JoinWorld, versionAt } from './world.ts';

function changeAt(state: State, at: number, place: string | null, kind: RowChange['kind']): RowChange {
  const columns = kind === 'delete' ? {} : { n: text(`n${at}`) };
  return {
    key: placeKey(place ?? ''),
    kind,
    columns,
    shape: SHAPE,
    version: versionAt(at),
    transaction: String(at),
    committedAt: 0,
  };
}

function moveOf({ world, configuration: { mode } }: Parts, state: State, at: number): Move<string> {
  const place = state.log[at] ?? null;
  const operation = (change: RowChange): ChildOperation<string> => ({
    key: change.key,
    decide: (seen) => decideRowChange(change, mode, world.context, seen),
    links: undefined,
    version: change.version,
    relations: [],
    guess: 'same',
    checks: true,
  });
  const arrive = place === null ? undefined : operation(changeAt(state, at, place, 'upsert'));
  const there = changeAt(state, at, place, 'partial');
  return {
    anchor: ANCHOR,
    version: versionAt(at),
    place: place === null ? undefined : placeKey(place),
    stay: place === null ? undefined : { ...operation(there), decide: stayingDecision(world, there, mode) },
    arrive,
    leave: (left) => operation({ ...changeAt(state, at, null, 'delete'), key: left }),
    context: world.context,
  };
}

const stayingDecision =
  (world: JoinWorld, change: RowChange, mode: 'eager' | 'lazy'): ChildOperation<string>['decide'] =>
  (seen) =>
    seen === undefined ? decideRowChange(change, mode, world.context, undefined) : { do: 'done', outcome: 'unsure' };

export function consumerSteps(parts: Parts, state: State): Step<State>[] {
  const own = step(parts, state, 'consumer', state.consumer);
  if (state.consumer !== undefined) return [...own, ...step(parts, state, 'zombie', state.zombie)];
  return [
    ...nextFlights(parts, state).flatMap((flight) => step(parts, state, 'consumer', flight)),
    ...step(parts, state, 'zombie', state.zombie),
  ];
}

export function nextFlights(parts: Parts, state: State): Flight[] {
  const at = state.records[state.committed];
  if (at === undefined) return [];
  const begun = (number: number, covers: number): Flight => ({
    at: number,
    covers,
    work: startMove(moveOf(parts, state, number)),
  });
  const next = state.records[state.committed + 1];
  return [begun(at, 1), ...(parts.design.mergesMoves && next === at + 1 ? [begun(next, 2)] : [])];
}

type Who = 'consumer' | 'zombie';

function step(parts: Parts, state: State, who: Who, flight: Flight | undefined): Step<State>[] {
  if (flight === undefined) return [];
  const { work } = flight;
  if (work.phase === 'done') {
    const committed = who === 'consumer' ? state.committed + flight.covers : state.committed;
    return [progress(`${who}: is done with #${flight.at}`, { ...state, committed, [who]: undefined })];
  }
  const early = earlyAnchor(parts, flight, work);
  if (early === undefined) return [call(parts, state, who, { ...flight, work })];
  const result = applied(parts, state, early);
  return [progress(`${who}: ${early.expression} at once`, { ...result.state, [who]: { ...flight, early: true } })];
}

type Working = Exclude<MoveFlight<string>, { readonly phase: 'done' }>;

function call(parts: Parts, state: State, who: Who, flight: Flight & { readonly work: Working }): Step<State> {
  const { work } = flight;
  const made = answered(parts, state, work.call);
  const next = advanceMove(moveOf(parts, state, flight.at), work, made.answer);
  const isOver = flight.early === true && next.phase === 'last';
  const over = isOver ? ({ phase: 'done', outcome: '', item: undefined } as const) : next;
  return progress(`${who}: #${flight.at} ${made.name}`, { ...made.state, [who]: { ...flight, work: over } });
}

function answered(parts: Parts, state: State, call: Call): { name: string; state: State; answer: Answer } {
  if (call.do === 'read') {
    const items = call.keys.map((key) => state.items[formatKey(key)]);
    return { name: 'reads', state, answer: { items } };
  }
  const write = call.writes[0] as Write;
  const { ok, item, state: next } = applied(parts, state, write);
  const name = `${write.expression} ${write.key.pk}${ok ? '' : ' in vain'}`;
  return { name, state: next, answer: { results: [{ ok, item }] } };
}

/** A naive design tells the new place before the item is there. */
function earlyAnchor(
  { design, world }: Parts,
  flight: Flight,
  work: Exclude<MoveFlight<string>, { phase: 'done' }>,
): Write | undefined {
  if (!design.anchorFirst || flight.early === true || !('seen' in work)) return undefined;
  const place = work.phase === 'arrive' && work.call.do === 'write' ? work.call.writes[0]?.key : undefined;
  return anchorWrite(ANCHOR, { place, version: versionAt(flight.at), seen: work.seen.version }, world.context);
}

import { type CustomerChange, hasPending, pendingOf, text, plainShape } from '@hybridge/protocol';
import type { Step } from '../checker/model.ts';
import type { CustomerOperation } from './configuration.ts';
import { advance, isDone, isServed, isVisited, lease, readForFill, storeFill, takeOff } from './flight.ts';
import { flightSteps, mustFill } from './projector.ts';
import type { Fill, Flight, State } from './state.ts';
import { COLUMN_NAMES, KEY, type World } from './world.ts';

const chance = (name: string, next: State): Step<State> => ({ name, kind: 'chance', next });
const progress = (name: string, next: State): Step<State> => ({ name, kind: 'progress', next });

type Slot = 'customer' | 'rival';

/** Customers who change the item: each reads it, then writes with the nonce that was read. */
export function customerSteps(world: World, state: State): Step<State>[] {
  const slots: readonly Slot[] = world.configuration.rivals ? ['customer', 'rival'] : ['customer'];
  const free = slots.find((slot) => state[slot] === undefined);
  return [
    ...slots.flatMap((slot) => (state[slot] === undefined ? [] : callSteps(world, state, slot))),
    ...(free === undefined ? [] : beginChange(world, state, free)),
  ];
}

function beginChange(world: World, state: State, slot: Slot): Step<State>[] {
  const operation = world.configuration.changes[state.asked];
  if (operation === undefined || !isVisited(world, state)) return [];
  const compared = world.configuration.primary === 'dynamodb' ? { compared: COLUMN_NAMES } : {};
  const change = { ...changeOf(operation, `C${state.asked + 1}`), ...compared };
  const flight = takeOff(world, world.interner.canonical({ kind: 'change' as const, change }));
  const next = advance(world, { ...state, [slot]: flight }, slot);
  if (isDone(next[slot] as Flight)) return []; // nothing to change now; the customer comes back
  return [chance(`customer reads the item for change ${change.id}`, { ...next, asked: state.asked + 1 })];
}

function changeOf(operation: CustomerOperation, id: string): CustomerChange {
  const value = text(`x${id}`);
  const common = { id, key: KEY, shape: plainShape(COLUMN_NAMES), by: 'customer' };
  switch (operation) {
    case 'update-a':
      return { ...common, op: 'u', set: { a: value } };
    case 'update-b':
      return { ...common, op: 'u', set: { b: value } };
    case 'insert':
      return { ...common, op: 'i', set: { a: value, b: value } };
    case 'delete':
      return { ...common, op: 'd', set: {} };
  }
}

/** The call goes on; when the write succeeds the item's stream sends the command. */
const callSteps = (world: World, state: State, slot: Slot): Step<State>[] =>
  flightSteps(world, state, slot).map((step) => ({ ...step, next: afterCall(world, step.next, slot) }));

function afterCall(world: World, state: State, slot: Slot): State {
  const flight = state[slot] as Flight;
  if (flight.next.do !== 'done') return state;
  const next = { ...state, [slot]: undefined };
  if (flight.next.outcome !== 'accepted' || state.item === undefined) return next;
  const mine = pendingOf(state.item).at(-1);
  if (mine === undefined) return next;
  const message = { pending: world.design.messageOf(state.item), sweep: false };
  return { ...next, accepted: [...state.accepted, mine], queue: [...state.queue, message] };
}

/** Readers that miss: lease, proven read of SQL, fill. */
export function readerSteps(world: World, state: State): Step<State>[] {
  const steps = state.fills.flatMap((fill, at) => fillSteps(world, state, fill, at));
  if (state.budgets.reads === 0 || !isVisited(world, state)) return steps;
  const leased = lease(world, state);
  if (leased === undefined) return steps;
  const budgets = { ...state.budgets, reads: state.budgets.reads - 1 };
  const next = { ...leased.state, fills: [...leased.state.fills, leased.fill], budgets };
  return [...steps, chance('reader takes the lease', next)];
}

function fillSteps(world: World, state: State, fill: Fill, at: number): Step<State>[] {
  if (fill.read === undefined) {
    const read = readForFill(world, state, fill);
    if (read === undefined) return [];
    return [progress('reader reads SQL', { ...state, fills: state.fills.with(at, read) })];
  }
  const others = state.fills.filter((_, index) => index !== at);
  const stored = storeFill(world, { ...state, fills: others }, fill);
  return [progress(`reader fills${stored.ok ? '' : ' in vain'}`, stored.state)];
}

/** Single-item repair: back to a fence, and in an eager view the fill that belongs to it. */
export function repairSteps(world: World, state: State): Step<State>[] {
  if (state.repairer !== undefined) return repairGoesOn(world, state);
  const { budgets, item } = state;
  if (budgets.repair === 0 || !isServed(state) || item === undefined || hasPending(item)) return [];
  const next = beginRepair(world, state);
  return [chance('repair reads the item', { ...next, budgets: { ...budgets, repair: budgets.repair - 1 } })];
}

export const beginRepair = (world: World, state: State): State =>
  advance(
    world,
    { ...state, repairer: takeOff(world, world.interner.canonical({ kind: 'repair' as const })) },
    'repairer',
  );

function repairGoesOn(world: World, state: State): Step<State>[] {
  const flight = state.repairer as Flight;
  if (!isDone(flight) || mustFill(world, flight)) return flightSteps(world, state, 'repairer');
  return [progress('repair ends', { ...afterRepair(state, flight), repairer: undefined })];
}

/** A released key is owed a repair that was not put off by pending changes. */
function afterRepair(state: State, flight: Flight): State {
  const { parking } = state;
  if (parking?.phase !== 'repairing') return state;
  const putOff = flight.next.do === 'done' && flight.next.outcome === 'pending';
  return { ...state, parking: { ...parking, phase: putOff ? 'released' : 'over' } };
}

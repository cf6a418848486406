import {
  type Item,
  ItemState,
  ZERO_VERSION,
  columnsOf,
  judgeRead,
  isUncacheable,
  leaseOf,
  sameAttributes,
  stateOf,
  plainShape,
} from '@hybridge/protocol';
import { FLIGHTS, type Fill, type Flight, type FlightName, type State, type Task } from './state.ts';
import { COLUMN_NAMES, CURRENT, FORMER, KEY, NOW_MS, type World, hasLease, outdated } from './world.ts';
import { isUnstorable, proves, visibleRow } from './sql.ts';

/** An operation that has not looked at the item yet. */
export const takeOff = (world: World, task: Task): Flight => ({
  task,
  next: world.decide(task, undefined),
  fresh: true,
});

export const isDone = (flight: Flight): boolean => flight.next.do === 'done';

/** One call to DynamoDB by an operation that is not done. */
export function advance(world: World, state: State, name: FlightName): State {
  const flight = state[name] as Flight;
  if (flight.next.do !== 'write') return { ...state, [name]: lookedAt(world, flight, state.item) };
  const request = flight.fresh ? flight.next.write : outdated(flight.next.write);
  const written = world.write(request, state.item);
  if (!written.ok) return { ...state, [name]: lookedAt(world, flight, state.item) };
  const next = world.interner.canonical({ do: 'done' as const, outcome: flight.next.outcome });
  const broken = brokenBy(world, state, written);
  return { ...withItem(world, state, written.item), [name]: { task: flight.task, next, fresh: true }, broken };
}

/** C7; nobody sees a view that is not open yet. */
const brokenBy = (world: World, state: State, { wentBack }: { readonly wentBack: boolean }): string | undefined =>
  wentBack && isVisited(world, state) ? 'the item stepped back to an older version' : state.broken;

/** Whether the view is open to everybody. */
export const isServed = ({ load }: State): boolean => load === undefined || load.phase === 'open';

/** Whether readers and customers come to the view. */
export const isVisited = ({ design }: World, state: State): boolean => isServed(state) || !design.visitorsWait;

const lookedAt = (world: World, flight: Flight, item: Item | undefined): Flight => ({
  task: flight.task,
  next: world.decide(flight.task, { item }),
  fresh: true,
});

/** Another item in the table: whatever anybody decided before was decided on a former one. */
export function withItem(world: World, state: State, item: Item | undefined, lease?: Fill): State {
  const next: { -readonly [K in keyof State]: State[K] } = { ...state, item };
  const lost = lease !== undefined || !hasLease(item);
  for (const name of FLIGHTS) {
    const flight = state[name];
    if (flight !== undefined) next[name] = outdatedFlight(flight, lost);
  }
  if (lost) next.fills = world.fillsNeedLease ? [] : state.fills.map(withoutLease);
  if (world.design.relaysEverything) next.queue = [...state.queue, ...echoOf(state.item, item)];
  return next;
}

/** What a relay makes of new columns when it does not ask who wrote them. */
function echoOf(before: Item | undefined, after: Item | undefined): State['queue'] {
  if (before === undefined || after === undefined || stateOf(after) !== ItemState.live) return [];
  const [base, set] = [columnsOf(before), columnsOf(after)];
  if (Object.keys(base).length === 0 || sameAttributes(base, set)) return [];
  const change = { id: 'echo', n: 1, op: 'u', set, base, baseVersion: '', at: 0, by: 'relay' } as const;
  return [{ pending: [change], sweep: false }];
}

function outdatedFlight(flight: Flight, lost: boolean): Flight {
  const fill = flight.filling?.fill;
  const filling = flight.filling && { fill: fill && lost ? withoutLease(fill) : fill };
  return { ...flight, fresh: false, ...(filling === undefined ? {} : { filling }) };
}

const withoutLease = (fill: Fill): Fill => ({ ...fill, lease: { ...fill.lease, token: FORMER } });

/** Asks for the lease; undefined when it is refused. */
export function lease(world: World, state: State): { state: State; fill: Fill } | undefined {
  if (!world.design.leases) return unleased(state);
  const written = world.write(leaseRequest(world), state.item);
  if (!written.ok || written.item === undefined) return undefined;
  const fill = { lease: leaseOf(KEY, CURRENT, written.item) };
  return { state: withItem(world, state, written.item, fill), fill };
}

/** Cache-aside: whoever misses may fill. */
const unleased = (state: State): { state: State; fill: Fill } | undefined =>
  state.item === undefined
    ? { state, fill: { lease: { key: KEY, token: CURRENT, version: ZERO_VERSION, transaction: undefined } } }
    : undefined;

const leaseRequests = new WeakMap<World, ReturnType<World['design']['leaseWrite']>>();
function leaseRequest(world: World) {
  const known = leaseRequests.get(world) ?? world.design.leaseWrite(KEY, CURRENT, world.context);
  leaseRequests.set(world, known);
  return known;
}

/** Reads SQL for a fill; undefined while SQL does not prove to show what the lease asks for. */
export function readForFill(world: World, state: State, fill: Fill): Fill | undefined {
  if (world.design.provesFills && !proves(state, fill.lease.transaction)) return undefined;
  return { ...fill, read: { row: visibleRow(state) } };
}

/** Stores what SQL said. */
export function storeFill(world: World, state: State, fill: Fill): { state: State; ok: boolean } {
  const request = fillRequest(world, state, fill);
  const written = world.write(request, state.item);
  if (!written.ok) return { state, ok: false };
  const broken = brokenBy(world, state, written);
  return { state: { ...withItem(world, state, written.item), broken }, ok: true };
}

function fillRequest(world: World, state: State, fill: Fill) {
  const row = fill.read?.row ?? null;
  const request = isUnstorable(row)
    ? world.design.fillUnstorableWrite(fill.lease, 'oversize', world.context)
    : world.design.fillWrite(fill.lease, plainShape(COLUMN_NAMES), row ?? undefined, world.context);
  return world.interner.canonical(world.design.restampFill?.(request, state.log.length) ?? request);
}

/** What a filler concludes from an item that refused it: an answer, or nothing yet. */
export const isAnswered = (item: Item | undefined): boolean =>
  judgeRead(item, NOW_MS) !== 'miss' || isUncacheable(item);

/** A short text for everything of a flight that decides what it will do. */
export function keyOfFlight(world: World, flight: Flight | undefined): string {
  if (flight === undefined) return '';
  const { interner } = world;
  const doomed = !flight.fresh && flight.next.do === 'write' && world.needsNonce(flight.next.write);
  const next = doomed ? 'x' : interner.idOf(flight.next);
  const fill = flight.filling === undefined ? '' : keyOfFill(world, flight.filling.fill);
  return `${interner.idOf(flight.task)}/${next}/${flight.fresh || !usesNonce(flight) ? 1 : 0}/${fill}`;
}

const usesNonce = (flight: Flight): boolean =>
  flight.next.do === 'write' && flight.next.write.values[':w0'] !== undefined;

export const keyOfFill = (world: World, fill: Fill | undefined): string => {
  if (fill === undefined) return '-';
  return world.fillsNeedLease && fill.lease.token === FORMER
    ? `x${fill.read === undefined ? 0 : 1}`
    : String(world.interner.idOf(fill));
};

import {
  type Item,
  type ItemKey,
  type Write,
  formatKey,
  heldOf,
  relationsOf,
  scalarOf,
  stateOf,
} from '@hybridge/protocol';
import type { Flight, JoinState } from './state.ts';
import { CURRENT, FORMER, FORMER_LEASE, type JoinWorld, LEASE } from './world.ts';

export const itemAt = (state: JoinState, key: ItemKey): Item | undefined => state.items[formatKey(key)];

/** One conditional write; every other flight that saw the item before holds a former nonce afterwards. */
export function applied(
  world: JoinWorld,
  state: JoinState,
  write: Write,
): { readonly state: JoinState; readonly ok: boolean; readonly item: Item | undefined } {
  const id = formatKey(write.key);
  const before = state.items[id];
  const { ok, item } = world.write(write, before);
  if (!ok) return { state, ok, item };
  const { [id]: _, ...others } = state.items;
  const items = item === undefined ? others : { ...others, [id]: item };
  const next = { ...state, items, broken: state.broken ?? brokenBy(before, item) };
  const seen = write.values[':w'] === undefined ? next : outdated(world, next, id, { now: CURRENT, former: FORMER });
  const leased = write.expression === 'lease' ? outdated(world, seen, id, { now: LEASE, former: FORMER_LEASE }) : seen;
  return { state: hidden(world, leased, write, before), ok, item: write.returnNew ? item : undefined };
}

/** What no write may ever leave behind. */
function brokenBy(before: Item | undefined, after: Item | undefined): string | undefined {
  if (after === undefined) return undefined;
  const relations = relationsOf(after);
  const state = stateOf(after);
  if (relations.length > 0 && state !== 'L' && state !== 'D') return `an item of state ${state} has fragments`;
  if (relations.some((relation) => after[relation] === undefined)) return 'an item lacks a fragment';
  const back = relations.find((relation) => wentBack(relation, before, after));
  return back && `fragment ${back} stepped back`;
}

function wentBack(relation: string, before: Item | undefined, after: Item): boolean {
  const [was, is] = [heldOf(before, relation), heldOf(after, relation)];
  return was !== undefined && is !== undefined && was.parent === is.parent && is.version < was.version;
}

const hidden = (world: JoinWorld, state: JoinState, write: Write, before: Item | undefined): JoinState =>
  write.expression === 'putReference' && before === undefined && !world.design.referencesAtOnce
    ? { ...state, hidden: [...state.hidden, formatKey(write.key)] }
    : state;

interface Names {
  readonly now: string;
  readonly former: string;
}

/** Of flights on one item: what they saw of it is not the newest any more. */
function outdated(world: JoinWorld, state: JoinState, id: string, names: Names): JoinState {
  const change = <T extends object | undefined>(flight: T, key: ItemKey | undefined): T =>
    flight === undefined || key === undefined || formatKey(key) !== id ? flight : replaced(world, flight, names);
  const consumers = Object.fromEntries(
    Object.entries(state.consumers).map(([name, flight]) => [name, change(flight, flight && keyOfFlight(flight))]),
  );
  const { zombie, reader, repairer, customer } = state;
  return {
    ...state,
    consumers,
    zombie: change(zombie, zombie && keyOfFlight(zombie)),
    reader: change(reader, reader && keyOfFlight(reader)),
    repairer: change(repairer, repairer && keyOfFlight(repairer)),
    customer: change(customer, customer?.change.key),
  };
}

/** The item that a flight works on, where it may hold something that was seen of it. */
export const keyOfFlight = ({ key }: Flight): ItemKey => key;

function replaced<T extends object>(world: JoinWorld, value: T, { now, former }: Names): T {
  const from = `"${now}"`;
  const text = JSON.stringify(value);
  return text.includes(from) ? world.interner.canonical(JSON.parse(text.replaceAll(from, `"${former}"`)) as T) : value;
}

/** The references of a parent that a query shows, in the order of their keys. */
export const referencesOf = (state: JoinState, parent: string): readonly Item[] =>
  Object.entries(state.items)
    .filter(([id]) => id.startsWith(`R#${parent}#`) && !state.hidden.includes(id))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, item]) => item);

export const jobsOf = (state: JoinState): readonly Item[] =>
  Object.entries(state.items)
    .filter(([id]) => id.startsWith('J#'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, item]) => item);

export const isLeased = (item: Item | undefined): boolean => scalarOf(item?.['_lt']) === LEASE;

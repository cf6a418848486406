import { decideCustomerChange, formatKey, judgeRead, plainShape, text } from '@hybridge/protocol';
import type { Step } from '../checker/model.ts';
import type { Budgets } from './configuration.ts';
import { stepWorker } from './fan-out.ts';
import { isOver, stepFlight, takeOff } from './flight.ts';
import { mayMerge } from './operations.ts';
import { type Flight, type JoinState, TOPICS, type Task, type TopicName } from './state.ts';
import { applied, isLeased, itemAt } from './table.ts';
import { type JoinWorld, LEASE, NOW_MS, childKey } from './world.ts';

export type JoinStep = Step<JoinState>;

const progress = (name: string, next: JoinState): JoinStep => ({ name, kind: 'progress', next });

/** A step that costs one of its budget; none where nothing is left. */
export function spend(state: JoinState, budget: keyof Budgets, name: string, next: Partial<JoinState>): JoinStep[] {
  const left = state.budgets[budget];
  if (left === 0) return [];
  return [{ name, kind: 'chance', next: { ...state, ...next, budgets: { ...state.budgets, [budget]: left - 1 } } }];
}

/** The projector: one consumer for each topic, and one that lost its partition and does not know. */
export function consumerSteps(world: JoinWorld, state: JoinState): JoinStep[] {
  return [...TOPICS.flatMap((name) => consumer(world, state, name)), ...zombie(world, state)];
}

function consumer(world: JoinWorld, state: JoinState, name: TopicName): JoinStep[] {
  const flight = state.consumers[name];
  const withFlight = (next: JoinState, its: Flight | undefined): JoinState => ({
    ...next,
    consumers: its === undefined ? omitted(next.consumers, name) : { ...next.consumers, [name]: its },
  });
  if (flight === undefined) {
    return nextTasks(world, state, name).flatMap((task) =>
      stepped(world, state, takeOff(world, state, task), { who: name, place: withFlight }),
    );
  }
  if (!isOver(flight)) return stepped(world, state, flight, { who: name, place: withFlight });
  const topic = state.topics[name];
  return [commit(withFlight(state, undefined), name, topic.committed + flight.covers)];
}

const omitted = <T extends object, K extends keyof T>(value: T, name: K): Omit<T, K> => {
  const { [name]: _, ...rest } = value;
  return rest;
};

const commit = (state: JoinState, name: TopicName, committed: number): JoinStep =>
  progress(`${name}: commits its offset`, {
    ...state,
    topics: { ...state.topics, [name]: { ...state.topics[name], committed } },
  });

/** Puts a flight, or none, in its place. */
type Place = (next: JoinState, flight: Flight | undefined) => JoinState;

function stepped(
  world: JoinWorld,
  state: JoinState,
  flight: Flight,
  { who, place }: { readonly who: string; readonly place: Place },
): JoinStep[] {
  const own = place(state, flight);
  const result = isOver(flight) ? { name: 'has nothing to do', state: own, flight } : stepFlight(world, own, flight);
  return result === undefined ? [] : [progress(`${who}: ${result.name}`, place(result.state, result.flight))];
}

/** What may be made of the next records of a topic. */
export function nextTasks(world: JoinWorld, state: JoinState, name: TopicName): Task[] {
  const { records, committed } = state.topics[name];
  const at = records[committed];
  if (at === undefined) return [];
  if (name === 'inbox') return [{ kind: 'settle', at }];
  const kind = name === 'children' ? 'row' : name === 'parents' ? 'parent' : 'brand';
  const one: Task = { kind, at, covers: 1 };
  const next = records[committed + 1];
  if (!world.configuration.merges || next !== at + 1 || !joins(world, state, name, next)) return [one];
  return [one, { kind, at: next, covers: 2 }];
}

function joins(world: JoinWorld, state: JoinState, name: TopicName, next: number): boolean {
  if (name === 'children') return mayMerge(world, state, next);
  const log = name === 'parents' ? state.parentLog : state.brandLog;
  return log[next - 1]?.parent === log[next]?.parent;
}

function zombie(world: JoinWorld, state: JoinState): JoinStep[] {
  const flight = state.zombie;
  if (flight === undefined) return [];
  if (isOver(flight)) return [progress('zombie: ends', { ...state, zombie: undefined })];
  return stepped(world, state, flight, { who: 'zombie', place: (next, its) => ({ ...next, zombie: its }) });
}

/** Readers that fill, repairs, fan-out jobs, customers, and SQL's answers to them. */
export function otherSteps(world: JoinWorld, state: JoinState): JoinStep[] {
  return [
    ...reader(world, state),
    ...repairer(world, state),
    ...workers(world, state),
    ...customer(world, state),
    ...leaseEnds(state),
  ];
}

function reader(world: JoinWorld, state: JoinState): JoinStep[] {
  const place = (next: JoinState, its: Flight | undefined): JoinState => ({ ...next, reader: its });
  if (state.reader !== undefined) {
    return isOver(state.reader)
      ? [progress('reader: is done', place(state, undefined))]
      : stepped(world, state, state.reader, { who: 'reader', place });
  }
  if (state.budgets.reads === 0 || judgeRead(itemAt(state, childKey(0)), NOW_MS) !== 'miss') return [];
  const flight: Flight = {
    task: { kind: 'repair', child: 0 },
    key: childKey(0),
    covers: 1,
    work: { phase: 'done', outcome: 'missed', item: undefined },
    answers: [],
    late: [],
    after: 'lease',
  };
  return spend(state, 'reads', 'reader: misses', { reader: flight });
}

function repairer(world: JoinWorld, state: JoinState): JoinStep[] {
  const place = (next: JoinState, its: Flight | undefined): JoinState => ({ ...next, repairer: its });
  if (state.repairer !== undefined) {
    return isOver(state.repairer)
      ? [progress('repair: is done', place(state, undefined))]
      : stepped(world, state, state.repairer, { who: 'repair', place });
  }
  if (state.budgets.repairs === 0) return [];
  return spend(state, 'repairs', 'repair: begins', { repairer: takeOff(world, state, { kind: 'repair', child: 0 }) });
}

const workers = (world: JoinWorld, state: JoinState): JoinStep[] => [
  ...stepWorker(world, state, state.worker).map(({ name, state: next, worker }) =>
    progress(`worker: ${name}`, { ...next, worker }),
  ),
  ...(state.zombieWorker === undefined ? [] : stepWorker(world, state, state.zombieWorker)).map(
    ({ name, state: next, worker }) => progress(`former worker: ${name}`, { ...next, zombieWorker: worker }),
  ),
];

/** Whoever had the lease is gone: time passes. */
function leaseEnds(state: JoinState): JoinStep[] {
  const flights = [...Object.values(state.consumers), state.zombie, state.reader, state.repairer];
  return Object.entries(state.items).flatMap(([id, item]) => {
    const isHeld = (flight: Flight | undefined): boolean =>
      flight !== undefined && formatKey(flight.key) === id && tokenOf(flight) === LEASE;
    if (!isLeased(item) || flights.some(isHeld)) return [];
    const { _lt: _, _lx: __, ...rest } = item;
    return [progress(`the lease of ${id} ends`, { ...state, items: { ...state.items, [id]: rest } })];
  });
}

const tokenOf = ({ after, task }: Flight): string | undefined => {
  if (typeof after === 'object' && 'lease' in after) return after.lease.token;
  return 'lease' in task ? task.lease.token : undefined;
};

const CUSTOMERS = {
  column: { op: 'u', set: { n: text('customer') } },
  parent: { op: 'u', set: { fk1: text('B') } },
  delete: { op: 'd', set: {} },
} as const;

function customer(world: JoinWorld, state: JoinState): JoinStep[] {
  const { customer: its } = state;
  if (its === undefined) {
    const change = {
      id: `change ${state.budgets.changes}`,
      key: childKey(0),
      ...CUSTOMERS[world.configuration.customer],
      shape: plainShape(['n', 'fk1', 'fk2']),
      by: 'customer',
    };
    const decision = decideCustomerChange(change, world.context, { item: itemAt(state, change.key) });
    if (decision.do !== 'write') return [];
    return spend(state, 'changes', 'customer: reads the item', { customer: { change, decision } });
  }
  if (its.decision.do !== 'write') return [progress('customer: gives up', { ...state, customer: undefined })];
  const result = applied(world, state, its.decision.write);
  if (result.ok) {
    const asked = [...state.asked, its.change];
    return [progress('customer: changes the item', { ...result.state, customer: undefined, asked })];
  }
  const decision = decideCustomerChange(its.change, world.context, { item: result.item });
  return [progress('customer: looks again', { ...state, customer: { change: its.change, decision } })];
}

import {
  type Answer,
  type Call,
  type ChildFlight,
  type Item,
  type ItemKey,
  type Write,
  advanceChild,
  baseVersionOf,
  formatKey,
  isBaseKey,
  isUncacheable,
  judgeRead,
  leaseOf,
  leaseWrite,
  raiseJobWrite,
  startChild,
} from '@hybridge/protocol';
import { stepFanOut } from './fan-out.ts';
import { keyOfTask, mustTell, operationOf } from './operations.ts';
import type { Flight, JoinState, Task } from './state.ts';
import { applied, isLeased, itemAt } from './table.ts';
import { type JoinWorld, LEASE, NOW_MS } from './world.ts';

/** A state after one call of a flight; the flight is undefined when it is over. */
export interface Stepped {
  readonly name: string;
  readonly state: JoinState;
  readonly flight: Flight | undefined;
}

export function takeOff(
  world: JoinWorld,
  state: JoinState,
  task: Task,
  covers = 'covers' in task ? task.covers : 1,
): Flight {
  const operation = operationOf(world, state, task);
  return skipped(world, state, {
    task,
    key: keyOfTask(world, state, task),
    covers,
    work: startChild(operation),
    answers: [],
    late: [],
  });
}

/** The next call of a flight; undefined while it has to wait for somebody. */
export function stepFlight(world: JoinWorld, state: JoinState, flight: Flight): Stepped | undefined {
  if (flight.work.phase !== 'done') return callOnce(world, state, flight, flight.work);
  const { after = 'over' } = flight;
  if (after === 'over') return { name: 'ends', state, flight: undefined };
  if (after === 'job') return raiseJob(world, state, flight);
  if (after === 'lease') return takeLease(world, state, flight);
  if ('lease' in after) return readSql(world, state, flight, after.lease);
  const { state: next, fanOut, name } = stepFanOut(world, state, after);
  return { name, state: next, flight: { ...flight, after: fanOut ?? 'over' } };
}

export const isOver = ({ work, after }: Flight): boolean => work.phase === 'done' && after === 'over';

type Working = Exclude<ChildFlight<string>, { readonly phase: 'done' }>;

/** One key or one write of the machine's call. */
function callOnce(world: JoinWorld, state: JoinState, flight: Flight, { call }: Working): Stepped {
  const made = call.do === 'read' ? readOnce(world, state, flight, call) : writeOnce(world, state, flight, call);
  const answers = [...flight.answers, made.answer];
  const count = call.do === 'read' ? call.keys.length : call.writes.length;
  if (answers.length < count) return { name: made.name, state: made.state, flight: { ...flight, answers } };
  const given = (call.do === 'read' ? { items: answers } : { results: answers }) as Answer;
  const next = { ...flight, answers: [], work: advance(world, made.state, flight, given) };
  return { name: made.name, state: made.state, flight: skipped(world, made.state, next) };
}

interface Made {
  readonly name: string;
  readonly state: JoinState;
  readonly answer: Flight['answers'][number];
}

function readOnce(world: JoinWorld, state: JoinState, flight: Flight, call: Extract<Call, { do: 'read' }>): Made {
  const key = call.keys[flight.answers.length] as ItemKey;
  return { name: `reads ${key.pk}`, state, answer: lookedUp(world, state, flight, key) };
}

function writeOnce(world: JoinWorld, state: JoinState, flight: Flight, call: Extract<Call, { do: 'write' }>): Made {
  const write = call.writes[flight.answers.length] as Write;
  const { ok, item, state: next } = applied(world, state, write);
  return { name: `${write.expression}${ok ? '' : ' in vain'}`, state: next, answer: { ok, item } };
}

const lookedUp = (world: JoinWorld, state: JoinState, { key }: Flight, read: ItemKey): Item | undefined =>
  formatKey(read) === formatKey(key) ? itemAt(state, read) : world.design.baseSeen(itemAt(state, read));

/** Memorized: the same flight with the same answer goes the same way. */
const memories = new WeakMap<JoinWorld, Map<string, ChildFlight<string>>>();

function advance(world: JoinWorld, state: JoinState, { task, work }: Flight, answer: Answer): ChildFlight<string> {
  const memory = memories.get(world) ?? new Map<string, ChildFlight<string>>();
  memories.set(world, memory);
  const operation = operationOf(world, state, task);
  const id = `${idOfTask(world, state, task)}:${world.interner.idOf(work)}:${world.interner.idOf(answer)}`;
  const known = memory.get(id);
  if (known !== undefined) return known;
  const made = world.interner.canonical(advanceChild(operation, work, answer));
  memory.set(id, made);
  return made;
}

/** Logs only grow, but those of two states may differ. */
function idOfTask({ interner }: JoinWorld, state: JoinState, task: Task): string {
  const log = task.kind === 'parent' ? state.parentLog : task.kind === 'brand' ? state.brandLog : state.childLog;
  const commits = 'at' in task ? log.slice(Math.max(0, task.at - 1), task.at + 1) : [];
  return [interner.idOf(task), ...commits.map((commit) => interner.idOf(commit))].join('.');
}

/** What a naive design leaves out, or puts at the end. */
function skipped(world: JoinWorld, state: JoinState, flight: Flight): Flight {
  const { design } = world;
  const { work } = flight;
  if (work.phase === 'done') {
    return flight.late.length === 0 ? concludedFlight(world, state, flight) : lateFlight(flight);
  }
  const isLate = work.phase === 'references' && design.referencesLast;
  const isLeftOut = work.phase === 'references' && !design.fillsRefer && flight.task.kind === 'fill';
  if (!isLate && !isLeftOut && !design.skips(work)) return flight;
  const late = isLate && work.call.do === 'write' ? [...flight.late, ...work.call.writes] : flight.late;
  const answer = (work.call.do === 'read' ? { items: [] } : { results: [] }) as Answer;
  return skipped(world, state, { ...flight, late, work: advance(world, state, flight, answer) });
}

function lateFlight(flight: Flight): Flight {
  const { outcome, item } = flight.work as Extract<ChildFlight<string>, { readonly phase: 'done' }>;
  const work = {
    phase: 'unreference',
    end: { outcome, item, unreferences: [] },
    call: { do: 'write', writes: flight.late },
  } as ChildFlight<string>;
  return { ...flight, late: [], work };
}

/** Without what nobody asks for any more, so that states that cannot be told apart are one. */
function concludedFlight(world: JoinWorld, state: JoinState, flight: Flight): Flight {
  const { after, ...rest } = concluded(world, state, flight);
  const task: Task = after === 'lease' || rest.task.kind === 'parent' ? rest.task : { kind: 'repair', child: 0 };
  const work = { phase: 'done', outcome: '', item: undefined } as const;
  return world.interner.canonical({ ...rest, task, work, after: after ?? 'over' });
}

/** What comes after the machine has done its work. */
function concluded(world: JoinWorld, state: JoinState, flight: Flight): Flight {
  const { task, work } = flight;
  if (work.phase !== 'done') return flight;
  if (isBaseKey(flight.key)) return { ...flight, after: afterBase(world, state, flight, work) };
  const isEager = world.configuration.mode === 'eager';
  const isUnfilled = work.outcome === (task.kind === 'fill' ? 'overtaken' : 'fenced');
  return { ...flight, after: isEager && isUnfilled ? 'lease' : 'over' };
}

type Done = Extract<ChildFlight<string>, { readonly phase: 'done' }>;

function afterBase(
  world: JoinWorld,
  state: JoinState,
  { task, key }: Flight,
  work: Done,
): NonNullable<Flight['after']> {
  const told = world.configuration.jobs ? 'job' : { todo: [key.pk] };
  if (task.kind === 'fill base') return work.outcome === 'overtaken' ? 'lease' : told;
  if (work.outcome === 'fenced') return 'lease';
  if (task.kind !== 'parent' && task.kind !== 'brand') return 'over';
  return mustTell(world, state, task, work) ? told : 'over';
}

function raiseJob(world: JoinWorld, state: JoinState, flight: Flight): Stepped {
  const base = itemAt(state, flight.key) as Item;
  const write: Write = raiseJobWrite(flight.key.pk, baseVersionOf(base), NOW_MS);
  const result = applied(world, state, write);
  return {
    name: `raises a job${result.ok ? '' : ' in vain'}`,
    state: result.state,
    flight: { ...flight, after: 'over' },
  };
}

const childOf = (task: Task, state: JoinState): number => {
  if ('child' in task) return task.child;
  return 'at' in task ? (state.childLog[task.at]?.child ?? 0) : 0;
};

function takeLease(world: JoinWorld, state: JoinState, flight: Flight): Stepped | undefined {
  const result = applied(world, state, leaseWrite(flight.key, LEASE, world.context));
  if (result.ok && result.item !== undefined) {
    const lease = leaseOf(flight.key, LEASE, result.item);
    return { name: 'takes the lease', state: result.state, flight: { ...flight, after: { lease } } };
  }
  const item = itemAt(state, flight.key);
  if (judgeRead(item, NOW_MS) === 'miss' && !isUncacheable(item) && isLeased(item)) return undefined;
  const isBase = 'of' in flight.task || flight.task.kind === 'parent';
  return {
    name: 'finds the item filled',
    state,
    flight: { ...flight, after: isBase ? { todo: [flight.key.pk] } : 'over' },
  };
}

function readSql(world: JoinWorld, state: JoinState, flight: Flight, lease: ReturnType<typeof leaseOf>): Stepped {
  if (isBaseKey(flight.key)) {
    const parent = flight.key.pk.split('#')[2] ?? '';
    const task: Task = { kind: 'fill base', of: 'parent', parent, lease, row: state.parents[parent] ?? null };
    return { name: 'reads SQL', state, flight: takeOff(world, state, task, flight.covers) };
  }
  const child = childOf(flight.task, state);
  const task: Task = { kind: 'fill', child, lease, row: state.children[child] ?? null };
  return { name: 'reads SQL', state, flight: takeOff(world, state, task, flight.covers) };
}

import type { Step } from '../checker/model.ts';
import { advance, isAnswered, isDone, isServed, lease, readForFill, storeFill, takeOff } from './flight.ts';
import { isPassedOver, mergedTasks, settleTask, taskOfRecord } from './records.ts';
import type { Flight, FlightName, State, Task } from './state.ts';
import type { World } from './world.ts';

/** The projector's two consumers, and one that lost its partition: each call to DynamoDB or SQL is a step. */
export function projectorSteps(world: World, state: State): Step<State>[] {
  return [
    ...consumerSteps(world, state, 'projector'),
    ...consumerSteps(world, state, 'settler'),
    ...zombieSteps(world, state),
  ];
}

const TOPICS = { projector: 'rows', settler: 'inbox' } as const;

/** What the next record of a consumer's partition asks for; undefined at the end of the partition. */
export function nextTask(world: World, state: State, name: 'projector' | 'settler'): Task | undefined {
  const topic = state[TOPICS[name]];
  const record = topic.records[topic.committed];
  if (record === undefined) return undefined;
  return world.interner.canonical(
    name === 'projector'
      ? taskOfRecord(world, state, record, topic.committed)
      : settleTask(world, record, topic.committed),
  );
}

function consumerSteps(world: World, state: State, name: 'projector' | 'settler'): Step<State>[] {
  const flight = state[name];
  if (mustWait(world, state)) return [];
  if (flight === undefined) return beginSteps(world, state, name);
  if (!isDone(flight) || mustFill(world, flight)) return flightSteps(world, state, name);
  return wasReleased(world, state, flight) ? [bringBack(world, state, name)] : [commitOffset(state, name)];
}

/** Nothing refuses a put that comes late: while a loader may put, nobody else works. */
const mustWait = ({ design }: World, state: State): boolean =>
  !isServed(state) && (design.projectorWaits || state.load?.phase === 'planned');

function beginSteps(world: World, state: State, name: 'projector' | 'settler'): Step<State>[] {
  const record = state.rows.records[state.rows.committed];
  if (name === 'projector' && record !== undefined && isPassedOver(world, record)) {
    return [{ ...commitOffset(state, name), name: 'projector passes over a record' }];
  }
  const task = nextTask(world, state, name);
  if (task === undefined) return [];
  if (isPutAside(task)) {
    // Between the look at the parked keys and the write, the key may be released.
    return [progress('projector finds the key parked', { ...state, [name]: takeOff(world, task) })];
  }
  const tasks = name === 'projector' && task.kind === 'row' ? mergedTasks(world, state, task) : [task];
  return tasks.flatMap((one) =>
    flightSteps(world, { ...state, [name]: takeOff(world, world.interner.canonical(one)) }, name),
  );
}

function commitOffset(state: State, name: 'projector' | 'settler'): Step<State> {
  const topic = state[TOPICS[name]];
  const task = state[name]?.task;
  const covers = task?.kind === 'row' ? (task.covers ?? 1) : 1;
  const next = { ...state, [TOPICS[name]]: { ...topic, committed: topic.committed + covers }, [name]: undefined };
  return { name: `${name} commits its offset`, kind: 'progress', next };
}

function zombieSteps(world: World, state: State): Step<State>[] {
  const { zombie } = state;
  if (zombie === undefined) return [];
  if (!isDone(zombie) || mustFill(world, zombie)) return flightSteps(world, state, 'zombie');
  if (wasReleased(world, state, zombie)) return [bringBack(world, state, 'zombie')];
  return [{ name: 'zombie ends', kind: 'progress', next: { ...state, zombie: undefined } }];
}

/** A record was put aside, and its key released in that moment: whoever comes second brings the item back. */
const wasReleased = ({ design }: World, { parking }: State, { task }: Flight): boolean =>
  design.looksAgain && parking?.phase !== 'parked' && isPutAside(task);

const isPutAside = (task: Task): boolean => task.kind === 'park' || (task.kind === 'row' && task.parked === true);

const bringBack = (world: World, state: State, name: 'projector' | 'zombie' | 'settler'): Step<State> =>
  progress(`${name} finds the key released`, {
    ...state,
    [name]: takeOff(world, world.interner.canonical({ kind: 'repair' as const })),
  });

/** An eager view's fence has to be filled before the record is done, and a key whose item repair found missing. */
export const mustFill = ({ configuration }: World, { next }: Flight): boolean =>
  configuration.mode === 'eager' && next.do === 'done' && (next.outcome === 'fenced' || next.outcome === 'absent');

const progress = (name: string, next: State): Step<State> => ({ name, kind: 'progress', next });

/** The next call of an operation that is not at its end. */
export function flightSteps(world: World, state: State, name: FlightName): Step<State>[] {
  const flight = state[name] as Flight;
  if (!isDone(flight)) return [progress(`${name} ${labelOf(flight)}`, advance(world, state, name))];
  const fill = flight.filling?.fill;
  if (fill === undefined) return selfLease(world, state, name);
  if (fill.read === undefined) {
    const read = readForFill(world, state, fill);
    if (read === undefined) return [];
    return [progress(`${name} reads SQL`, { ...state, [name]: { ...flight, filling: { fill: read } } })];
  }
  const stored = storeFill(world, state, fill);
  const after = stored.ok || isAnswered(state.item) ? settled(flight) : again(world, flight);
  return [progress(`${name} fills${stored.ok ? '' : ' in vain'}`, { ...stored.state, [name]: after })];
}

const settled = (flight: Flight): Flight => ({
  task: flight.task,
  next: { do: 'done', outcome: 'filled' },
  fresh: true,
});

/** A repair fences its item once: two of them would end each other's fills for ever. */
const again = (world: World, { task, next }: Flight): Flight =>
  task.kind === 'repair' ? { task, next, fresh: true } : takeOff(world, task);

/** Refused while somebody else holds the lease: it waits until that one is done or the lease runs out. */
function selfLease(world: World, state: State, name: FlightName): Step<State>[] {
  const flight = state[name] as Flight;
  const leased = lease(world, state);
  if (leased !== undefined) {
    return [progress(`${name} takes the lease`, { ...leased.state, [name]: { ...flight, filling: leased } })];
  }
  if (!isAnswered(state.item)) return [];
  return [progress(`${name} finds the item filled`, { ...state, [name]: settled(flight) })];
}

function labelOf({ task, next }: Flight): string {
  const subject = subjectOf(task);
  if (next.do !== 'write') return `reads the item${subject}`;
  return task.kind === 'row' && task.put === true ? `puts${subject}` : `writes ${next.write.expression}${subject}`;
}

function subjectOf(task: Task): string {
  switch (task.kind) {
    case 'row': {
      const merged = task.covers === undefined ? '' : ` and ${task.covers - 1} before it`;
      return ` for event #${task.change.transaction ?? 'snapshot'}${merged}${task.parked ? ', parked' : ''}`;
    }
    case 'settle':
      return ` for the answer to ${task.signal.outcome.id}`;
    case 'change':
      return ` for change ${task.change.id}`;
    case 'repair':
      return ' to repair it';
    case 'park':
      return ' for a record without version';
  }
}

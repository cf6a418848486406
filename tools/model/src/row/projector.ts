import { type RowChange, type SettleSignal, encodeVersion, text } from '@hybridge/protocol';
import type { Step } from '../checker/model.ts';
import { advance, isAnswered, isDone, lease, readForFill, storeFill, takeOff } from './flight.ts';
import { isUnstorable } from './sql.ts';
import type { Commit, Flight, FlightName, KafkaRecord, State, Task } from './state.ts';
import { COLUMN_NAMES, KEY, type World } from './world.ts';

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
    name === 'projector' ? rowTask(world, record, topic.committed) : settleTask(world, record, topic.committed),
  );
}

function consumerSteps(world: World, state: State, name: 'projector' | 'settler'): Step<State>[] {
  const flight = state[name];
  if (flight !== undefined && isDone(flight) && !mustFill(world, flight)) return [commitOffset(state, name)];
  if (flight !== undefined) return flightSteps(world, state, name);
  const task = nextTask(world, state, name);
  if (task === undefined) return [];
  return flightSteps(world, { ...state, [name]: takeOff(world, task) }, name);
}

function commitOffset(state: State, name: 'projector' | 'settler'): Step<State> {
  const topic = state[TOPICS[name]];
  const next = { ...state, [TOPICS[name]]: { ...topic, committed: topic.committed + 1 }, [name]: undefined };
  return { name: `${name} commits its offset`, kind: 'progress', next };
}

function zombieSteps(world: World, state: State): Step<State>[] {
  if (state.zombie === undefined) return [];
  if (isDone(state.zombie) && !mustFill(world, state.zombie)) {
    return [{ name: 'zombie ends', kind: 'progress', next: { ...state, zombie: undefined } }];
  }
  return flightSteps(world, state, 'zombie');
}

/** An eager view's fence has to be filled before the record is done. */
const mustFill = (world: World, flight: Flight): boolean =>
  world.configuration.mode === 'eager' && flight.next.do === 'done' && flight.next.outcome === 'fenced';

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
  if (isUnstorable(fill.read.row))
    return [progress(`${name} cannot store the row`, { ...state, [name]: settled(flight) })];
  const stored = storeFill(world, state, fill);
  const after = stored.ok || isAnswered(state.item) ? settled(flight) : takeOff(world, flight.task);
  return [progress(`${name} fills${stored.ok ? '' : ' in vain'}`, { ...stored.state, [name]: after })];
}

const settled = (flight: Flight): Flight => ({
  task: flight.task,
  next: { do: 'done', outcome: 'filled' },
  fresh: true,
});

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

function labelOf(flight: Flight): string {
  const subject =
    flight.task.kind === 'row'
      ? ` event #${flight.task.change.transaction ?? 'snapshot'}`
      : flight.task.kind === 'settle'
        ? ` answer to ${flight.task.signal.outcome.id}`
        : flight.task.kind === 'change'
          ? ` change ${flight.task.change.id}`
          : '';
  return flight.next.do === 'write'
    ? `writes ${flight.next.write.expression}${subject}`
    : `reads the item for${subject}`;
}

function rowTask(world: World, record: KafkaRecord, offset: number): Task {
  const { commit } = record;
  const change: RowChange = {
    key: KEY,
    columnNames: COLUMN_NAMES,
    ...provenance(world, commit, 'row', offset),
    ...contentOf(commit),
    ...(record.aged === true ? { aged: true } : {}),
  };
  return { kind: 'row', change };
}

function contentOf(commit: Commit): Pick<RowChange, 'kind' | 'columns'> {
  const row = commit.row ?? null;
  if (row === null) return { kind: 'delete', columns: {} };
  if (isUnstorable(row)) return { kind: 'unstorable', columns: {} };
  return commit.partial === true
    ? { kind: 'partial', columns: { a: row['a'] ?? text('') } }
    : { kind: 'upsert', columns: row };
}

function settleTask(world: World, record: KafkaRecord, offset: number): Task {
  const answer = record.commit.inbox as NonNullable<Commit['inbox']>;
  const signal: SettleSignal = {
    key: KEY,
    columnNames: COLUMN_NAMES,
    ...provenance(world, record.commit, 'inbox', offset),
    outcome: { id: answer.id, out: answer.out, at: 0 },
    image: answer.image,
  };
  return { kind: 'settle', signal };
}

function provenance(world: World, commit: Commit, of: 'row' | 'inbox', offset: number) {
  const { major, minor } = world.design.positionOf(commit, of);
  return {
    version: encodeVersion({
      epoch: commit.epoch,
      major: BigInt(major),
      minor: BigInt(minor),
      offset: BigInt(offset),
    }),
    transaction: commit.snapshot === true ? undefined : String(commit.number),
    committedAt: 0,
  };
}

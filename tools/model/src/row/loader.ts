import { type Version, versionOf } from '@hybridge/protocol';
import type { Step } from '../checker/model.ts';
import { isDone, takeOff } from './flight.ts';
import { flightSteps, mustFill } from './projector.ts';
import { rowTask } from './records.ts';
import type { Flight, Load, RowTask, State } from './state.ts';
import type { World } from './world.ts';

const progress = (name: string, next: State): Step<State> => ({ name, kind: 'progress', next });
const chance = (name: string, next: State): Step<State> => ({ name, kind: 'chance', next });

/**
 * The first load of a view that nobody is served from: one loader goes through the topic, opens the view at the end of
 * it or anywhere before, and leaves the rest to the projector. There is no second loader: when it dies, the view is
 * opened as soon as none of its requests can take effect any more.
 */
export function loadSteps(world: World, state: State): Step<State>[] {
  const { load } = state;
  if (load === undefined) return [];
  return [...ghostSteps(world, state), ...phaseSteps(world, state, load)];
}

function phaseSteps(world: World, state: State, load: Load): Step<State>[] {
  switch (load.phase) {
    case 'planned':
      return [chance('the load begins', { ...state, load: { ...load, phase: 'loading' } })];
    case 'loading':
      return [
        ...loaderSteps(world, state, load),
        ...unansweredSteps(world, state, load),
        ...deathSteps(world, state, load),
      ];
    case 'left':
      return leftSteps(world, state, load);
    case 'open':
      return [];
  }
}

function loaderSteps(world: World, state: State, load: Load): Step<State>[] {
  const { loader } = state;
  if (loader !== undefined) {
    return isDone(loader) && !mustFill(world, loader)
      ? [progress('loader goes on', { ...state, loader: undefined, load: { ...load, at: load.at + 1 } })]
      : flightSteps(world, state, 'loader');
  }
  const task = nextTask(world, state, load);
  if (task === undefined) return openSteps(world, state, load);
  const opens = openSteps(world, state, load).map((step): Step<State> => ({ ...step, kind: 'chance' }));
  if (state.ghost !== undefined && world.design.loaderWaits) return opens;
  return [...opens, ...flightSteps(world, { ...state, loader: takeOff(world, task) }, 'loader')];
}

/** Whole rows that are newer than all before them are put; whatever else there is asks the ordinary conditions. */
function nextTask(world: World, { rows }: State, { at, puts }: Load): RowTask | undefined {
  const record = rows.records[at];
  if (record === undefined) return undefined;
  const task = rowTask(world, record, at);
  const newest = newestBefore(world, rows.records, at);
  const isNewest = newest === undefined || newest < task.change.version;
  const isPut = puts && task.change.kind === 'upsert' && world.design.isPut(record, isNewest);
  return world.interner.canonical<RowTask>(isPut ? { ...task, put: true } : task);
}

function newestBefore(world: World, records: State['rows']['records'], at: number): Version | undefined {
  const versions = records.slice(0, at).map((record, offset) => rowTask(world, record, offset).change.version);
  return versions.sort().at(-1);
}

/** The loader lives, and does not know what became of its request: it is the last one that may have been a put. */
function unansweredSteps(world: World, state: State, load: Load): Step<State>[] {
  const hand = requestOf(world, state, load);
  if (state.budgets.lostAnswer === 0 || state.ghost !== undefined || hand === undefined) return [];
  const budgets = { ...state.budgets, lostAnswer: state.budgets.lostAnswer - 1 };
  const next = { ...state, ghost: hand, loader: undefined, load: { ...load, puts: false }, budgets };
  return [chance('a request of the loader gets no answer', next)];
}

function deathSteps(world: World, state: State, load: Load): Step<State>[] {
  const { budgets } = state;
  if (budgets.loaderDeath === 0) return [];
  return [
    chance('loader dies', {
      ...state,
      ghost: state.ghost ?? requestOf(world, state, load),
      loader: undefined,
      load: { ...load, phase: 'left' },
      budgets: { ...budgets, loaderDeath: budgets.loaderDeath - 1 },
    }),
  ];
}

/** What the loader has under way, or is about to send. */
function requestOf(world: World, state: State, load: Load): Flight | undefined {
  const task = nextTask(world, state, load);
  const hand = state.loader ?? (task && takeOff(world, task));
  return hand?.next.do === 'write' ? hand : undefined;
}

/** One request, which nobody waits for the answer of. */
function ghostSteps(world: World, state: State): Step<State>[] {
  if (state.ghost === undefined) return [];
  const lands = flightSteps(world, state, 'ghost').map(({ next }) =>
    chance('the request without an answer takes effect', { ...next, ghost: undefined }),
  );
  return [...lands, progress('the request without an answer has ended', { ...state, ghost: undefined })];
}

/** A loader that is done opens the view itself, at once when all of its requests were answered. */
const openSteps = (world: World, state: State, load: Load): Step<State>[] =>
  mayOpen(world, state) ? [progress('the loader opens the view', opened(world, state, load.at))] : [];

/** Somebody else opens the view. The offset that the loader committed last may lie before the record it had reached. */
function leftSteps(world: World, state: State, { at }: Load): Step<State>[] {
  if (!mayOpen(world, state)) return [];
  const ahead = world.design.loaderTellsAnswered || at === state.rows.records.length ? 0 : 1;
  return Array.from({ length: at + ahead + 1 }, (_, committed) =>
    progress(`the view is opened, the projector goes on from offset ${committed}`, opened(world, state, committed)),
  );
}

const mayOpen = ({ design }: World, { ghost }: State): boolean => ghost === undefined || !design.opensAfterGrace;

/** From now on somebody is served: with nothing older than what the loader went through. */
function opened(world: World, state: State, committed: number): State {
  const { rows, item, load } = state;
  const goesOn = world.design.projectorWaits ? { ...rows, committed } : rows;
  const newest = newestBefore(world, rows.records, load?.at ?? 0);
  const isOlder = newest !== undefined && (item === undefined || (versionOf(item) ?? '') < newest);
  return {
    ...state,
    rows: goesOn,
    load: { phase: 'open', at: 0, puts: false },
    broken: isOlder ? 'the view is opened with an item older than what was loaded' : state.broken,
  };
}

import type { Step } from '../checker/model.ts';
import { beginRepair } from './customer.ts';
import { isDone, takeOff } from './flight.ts';
import { flightSteps, mustFill } from './projector.ts';
import { rowTask } from './records.ts';
import type { Flight, KafkaRecord, Load, RowTask, State } from './state.ts';
import type { World } from './world.ts';

const progress = (name: string, next: State): Step<State> => ({ name, kind: 'progress', next });
const chance = (name: string, next: State): Step<State> => ({ name, kind: 'chance', next });

/**
 * The first load of a view that nobody is served from: one loader goes through the topic up to where it ended when the
 * load began, then the view is opened and the projector goes on from there.
 */
export function loadSteps(world: World, state: State): Step<State>[] {
  const { load } = state;
  if (load === undefined) return [];
  return [...ghostSteps(world, state), ...phaseSteps(world, state, load)];
}

function phaseSteps(world: World, state: State, load: Load): Step<State>[] {
  switch (load.phase) {
    case 'planned': {
      const end = state.rows.records.length;
      const rows = { ...state.rows, committed: end };
      return [chance('the load begins', { ...state, rows, load: { phase: 'loading', at: 0, end } })];
    }
    case 'loading':
      return [...loaderSteps(world, state, load), ...deathSteps(world, state, load)];
    case 'loaded':
      return openSteps(world, state, load);
    case 'open':
      return [];
  }
}

/** Only puts have to be waited for: an insert that comes late is refused. */
const isByPuts = ({ configuration }: World): boolean => configuration.load === 'put';

function loaderSteps(world: World, state: State, load: Load): Step<State>[] {
  const { loader } = state;
  const goesOn = (at: number): State => ({ ...state, loader: undefined, load: { ...load, at } });
  if (loader !== undefined) {
    return isDone(loader) && !mustFill(world, loader)
      ? [progress('loader goes on', goesOn(load.at + 1))]
      : flightSteps(world, state, 'loader');
  }
  const record = state.rows.records[load.at];
  if (load.at === load.end || record === undefined) {
    return [progress('everything is loaded', { ...state, load: { ...load, phase: 'loaded' } })];
  }
  if (state.ghost !== undefined && world.design.loaderWaits && isByPuts(world)) return [];
  return flightSteps(world, { ...state, loader: takeOff(world, loaderTask(world, record, load.at)) }, 'loader');
}

/** Events in parts and rows of incremental snapshots may not take the place of whatever is there. */
function loaderTask(world: World, record: KafkaRecord, offset: number): RowTask {
  const task = rowTask(world, record, offset);
  const { load } = world.configuration;
  const isPart = task.change.kind === 'partial' || task.change.kind === 'touched';
  const isRead = record.commit.snapshot === true && !world.design.putsSnapshotRows;
  if (load === 'none' || isPart) return world.interner.canonical(task);
  return world.interner.canonical<RowTask>({ ...task, load: isRead ? 'insert' : load });
}

/** The next loader begins anew; a request of this one may still be under way, sent or not. */
function deathSteps(world: World, state: State, load: Load): Step<State>[] {
  const { budgets, rows } = state;
  const record = rows.records[load.at];
  if (budgets.loaderDeath === 0 || state.ghost !== undefined || record === undefined || load.at === load.end) return [];
  const hand: Flight = state.loader ?? takeOff(world, loaderTask(world, record, load.at));
  return [
    chance('loader dies, a request under way', {
      ...state,
      ghost: hand.next.do === 'write' ? hand : undefined,
      loader: undefined,
      load: { ...load, at: 0 },
      budgets: { ...budgets, loaderDeath: budgets.loaderDeath - 1 },
    }),
  ];
}

/** One request, which nobody waits for. */
function ghostSteps(world: World, state: State): Step<State>[] {
  if (state.ghost === undefined) return [];
  const lands = flightSteps(world, state, 'ghost').map(({ next }) =>
    chance('a request of the dead loader takes effect', { ...next, ghost: undefined }),
  );
  return [...lands, chance('a request of the dead loader is lost', { ...state, ghost: undefined })];
}

function openSteps({ design, ...world }: World, state: State, load: Load): Step<State>[] {
  if (state.ghost !== undefined && design.opensAfterGrace && world.configuration.load === 'put') return [];
  const open: State = { ...state, load: { ...load, phase: 'open' } };
  if (!design.repairsBeforeOpening) return [progress('the view is opened', open)];
  return [progress('the view is opened, its items are repaired', beginRepair({ design, ...world }, open))];
}

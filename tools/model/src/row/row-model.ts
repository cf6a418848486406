import { text } from '@hybridge/protocol';
import type { Model, Step } from '../checker/model.ts';
import type { Configuration } from './configuration.ts';
import { customerSteps, readerSteps, repairSteps } from './customer.ts';
import { type Design, SHIPPED } from './design.ts';
import { faultSteps } from './faults.ts';
import { keyOfFill, keyOfFlight } from './flight.ts';
import { loadSteps } from './loader.ts';
import { parkingSteps } from './parking.ts';
import { projectorSteps } from './projector.ts';
import { violated, violatedWhenDrained } from './properties.ts';
import { commit, sqlSteps } from './sql.ts';
import { FLIGHTS, type State, type Topic } from './state.ts';
import { type World, createWorld } from './world.ts';
import { writebackSteps } from './writeback.ts';

/**
 * One SQL row and its item, with everything of the system that touches them. Every call to DynamoDB, every SQL
 * transaction and every offset commit is one step, so that all of them interleave.
 */
export function createRowModel(configuration: Configuration, design: Design = SHIPPED): Model<State> {
  const world = createWorld(configuration, design);
  return {
    initial: initialState(world),
    steps: (state) => (state.broken === undefined ? stepsOf(world, state) : []),
    keyOf: (state) => keyOf(world, state),
    violated: (state) => violated(world, state),
    violatedWhenDrained: (state) => violatedWhenDrained(world, state),
  };
}

const stepsOf = (world: World, state: State): Step<State>[] => [
  ...projectorSteps(world, state),
  ...readerSteps(world, state),
  ...writebackSteps(world, state),
  ...sqlSteps(world, state),
  ...customerSteps(world, state),
  ...repairSteps(world, state),
  ...faultSteps(world, state),
  ...parkingSteps(world, state),
  ...loadSteps(world, state),
];

function initialState(world: World): State {
  const topic: Topic = { records: [], committed: 0 };
  const empty: State = {
    log: [],
    visible: 0,
    epoch: 0,
    rows: topic,
    inbox: topic,
    projector: undefined,
    settler: undefined,
    zombie: undefined,
    item: undefined,
    fills: [],
    customer: undefined,
    rival: undefined,
    asked: 0,
    accepted: [],
    repairer: undefined,
    loader: undefined,
    ghost: undefined,
    parking: undefined,
    load: world.configuration.loads ? { phase: 'planned', at: 0, puts: true } : undefined,
    queue: [],
    work: undefined,
    endings: {},
    snapshot: undefined,
    reread: false,
    budgets: world.configuration.budgets,
    broken: undefined,
  };
  if (!world.configuration.rowExists) return empty;
  const state = { ...commit(world, empty, { row: { a: text('1'), b: text('1') } }), visible: 1 };
  return world.configuration.captured ? state : { ...state, rows: topic };
}

function keyOf(world: World, state: State): string {
  const { idOf } = world.interner;
  const numbers = (values: readonly number[]) => [...values].sort((a, b) => a - b).join('.');
  return [
    idOf(state.log),
    state.visible,
    idOf(state.rows),
    idOf(state.inbox),
    ...FLIGHTS.map((name) => keyOfFlight(world, state[name])),
    idOf(state.item),
    state.fills.map((fill) => keyOfFill(world, fill)).sort(),
    state.asked,
    idOf(state.accepted),
    numbers(state.queue.map(idOf)),
    idOf(state.work),
    idOf(state.endings),
    idOf(state.snapshot),
    state.reread ? 1 : 0,
    idOf(state.parking),
    idOf(state.load),
    idOf(state.budgets),
    state.broken ?? '',
  ].join(',');
}

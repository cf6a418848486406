import {
  type Attributes,
  type Item,
  ItemState,
  NULL,
  formatKey,
  hasPending,
  heldOf,
  map,
  referenceKey,
  stateOf,
  text,
} from '@hybridge/protocol';
import type { Model } from '../checker/model.ts';
import type { JoinConfiguration } from './configuration.ts';
import { type JoinDesign, SHIPPED_JOINS } from './design.ts';
import { commitChild, commitParent, faultSteps, sqlSteps } from './environment.ts';
import { columnsOfChild } from './operations.ts';
import type { ChildRow, JoinState } from './state.ts';
import { TOPICS } from './state.ts';
import { consumerSteps, otherSteps } from './steps.ts';
import { itemAt } from './table.ts';
import { type JoinWorld, brandPk, childKey, createJoinWorld, parentPk } from './world.ts';

/**
 * Some child rows, their parents and the parents' parents, each kind with a topic of its own, and the items and
 * references that the shipped machine makes of them. Every call to DynamoDB is one step, so that all of them interleave.
 */
export function createJoinModel(
  configuration: JoinConfiguration,
  design: JoinDesign = SHIPPED_JOINS,
): Model<JoinState> {
  const world = createJoinWorld(configuration, design);
  const stepsOf = (state: JoinState) =>
    state.broken === undefined
      ? [
          ...consumerSteps(world, state),
          ...otherSteps(world, state),
          ...sqlSteps(world, state),
          ...faultSteps(world, state),
        ]
      : [];
  return {
    initial: initialState(world),
    steps: stepsOf,
    keyOf: (state) => keyOf(world, state),
    violated: (state) => state.broken,
    violatedWhenDrained: (state) => wrong(world, state),
  };
}

function initialState(world: JoinWorld): JoinState {
  const { configuration } = world;
  const topic = { records: [], committed: 0 };
  const empty: JoinState = {
    childLog: [],
    parentLog: [],
    brandLog: [],
    children: Array.from({ length: configuration.children }, () => null),
    parents: {},
    topics: { children: topic, inbox: topic, parents: topic, brands: topic },
    consumers: {},
    zombie: undefined,
    reader: undefined,
    repairer: undefined,
    worker: undefined,
    zombieWorker: undefined,
    customer: undefined,
    asked: [],
    items: {},
    hidden: [],
    budgets: {
      ...configuration.budgets,
      children: 0,
      parents: 0,
      brands: 0,
      changes: 0,
      reads: 0,
      repairs: 0,
      crash: 0,
      zombie: 0,
      replay: 0,
      expiry: 0,
    },
    broken: undefined,
  };
  const withBrands = configuration.brands.reduce(
    (state, brand) => commitParent(state, 'brands', { parent: brand, row: { name: `${brand}0`, brand: '' } }),
    empty,
  );
  const withParents = configuration.parents.reduce(
    (state, parent) =>
      commitParent(state, 'parents', { parent, row: { name: `${parent}0`, brand: configuration.brands[0] ?? '' } }),
    withBrands,
  );
  const loaded = configuration.parentsLoaded ? drained(world, withParents) : withParents;
  const links = { parent1: 'A', ...(configuration.relations === 2 ? { parent2: 'A' } : {}) };
  const first = configuration.childExists ? 0 : 1;
  const withChildren = Array.from({ length: configuration.children - first }, (_, i) => i + first).reduce(
    (state, child) => commitChild(state, { child, row: { n: 'n0', links } }),
    loaded,
  );
  const ready = withChildren === loaded ? loaded : drained(world, withChildren);
  return { ...ready, budgets: configuration.budgets, hidden: [] };
}

/** Everything that is under way comes to its end, one after another. */
function drained(world: JoinWorld, state: JoinState): JoinState {
  const [step] = [...consumerSteps(world, state), ...otherSteps(world, state)].filter(
    ({ kind }) => kind === 'progress',
  );
  return step === undefined ? state : drained(world, step.next);
}

function keyOf({ interner: { idOf } }: JoinWorld, state: JoinState): string {
  return [
    idOf(state.childLog),
    idOf(state.parentLog),
    idOf(state.brandLog),
    ...TOPICS.map(
      (name) => `${idOf(state.topics[name].records)}.${state.topics[name].committed}.${idOf(state.consumers[name])}`,
    ),
    idOf(state.zombie),
    idOf(state.reader),
    idOf(state.repairer),
    idOf(state.worker),
    idOf(state.zombieWorker),
    idOf(state.customer),
    idOf(state.asked),
    ...Object.entries(state.items)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => idOf(item)),
    '/',
    ...state.hidden.toSorted(),
    idOf(state.budgets),
    state.broken ?? '',
  ].join(',');
}

/** What must hold when nothing is left to do: the item is the row, with what SQL has of its parents. */
function wrong(world: JoinWorld, state: JoinState): string | undefined {
  const found = state.children
    .map((row, child) => wrongChild(world, state, child, row))
    .find((one) => one !== undefined);
  return found ?? (Object.keys(state.items).some((id) => id.startsWith('J#')) ? 'a job is left' : undefined);
}

function wrongChild(world: JoinWorld, state: JoinState, child: number, row: ChildRow): string | undefined {
  const item = itemAt(state, childKey(child));
  const isLive = item !== undefined && stateOf(item) === ItemState.live;
  if (item !== undefined && hasPending(item)) return 'a change is pending for ever';
  if (row === null) return isLive ? 'a deleted child is live' : undefined;
  if (!isLive) return mayMiss(world, item) ? undefined : 'the child is missing';
  if (Object.entries(columnsOfChild(row)).some(([name, it]) => JSON.stringify(item[name]) !== JSON.stringify(it))) {
    return 'the child is stale for ever';
  }
  return world.childRelations
    .map((relation) => wrongFragment(state, item, relation, row.links[relation.name] ?? ''))
    .find((one) => one !== undefined);
}

/** A lazy view's unknown child is right whatever it is. */
const mayMiss = ({ configuration: { mode } }: JoinWorld, item: Item | undefined): boolean =>
  mode === 'lazy' && (item === undefined || stateOf(item) === ItemState.fence);

function wrongFragment(
  state: JoinState,
  item: Item,
  relation: JoinWorld['childRelations'][number],
  parent: string,
): string | undefined {
  if (heldOf(item, relation.name)?.parent !== parentPk(parent)) return 'the fragment is of another parent';
  const expected = fragmentIn(state, parent, relation.attributes);
  if (JSON.stringify(item[relation.name]) !== JSON.stringify(expected)) return 'the fragment is stale for ever';
  if (parent === '') return undefined;
  const reference = formatKey(referenceKey(parentPk(parent), relation, childKey(Number(childOf(item)))));
  return state.items[reference] === undefined ? 'the reference is lost' : undefined;
}

const childOf = (item: Item): string =>
  ('S' in (item['pk'] ?? NULL) ? (item['pk'] as { S: string }).S.split('#')[2] : '') ?? '';

function fragmentIn(state: JoinState, parent: string, attributes: readonly string[]): Attributes[string] {
  const row = state.parents[parent] ?? null;
  if (row === null) return NULL;
  const brand = state.parents[row.brand] ?? null;
  return map(
    Object.fromEntries(
      attributes.map((name) => [
        name,
        name === 'name' ? text(row.name) : brand === null ? NULL : map({ name: text(brand.name) }),
      ]),
    ),
  );
}

export { brandPk };

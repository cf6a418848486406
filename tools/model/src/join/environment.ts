import type { Item } from '@hybridge/protocol';
import { scalarOf } from '@hybridge/protocol';
import type { JoinConfiguration } from './configuration.ts';
import { takeOff } from './flight.ts';
import type { ChildCommit, ChildRow, JoinState, ParentCommit, ParentRow, TopicName } from './state.ts';
import { TOPICS } from './state.ts';
import { type JoinStep, nextTasks, spend } from './steps.ts';
import type { JoinWorld } from './world.ts';

/** SQL: other users, and the answers to customers. */
export const sqlSteps = (world: JoinWorld, state: JoinState): JoinStep[] => [
  ...childTransactions(world, state),
  ...parentTransactions(world, state),
  ...brandTransactions(world, state),
  ...answers(state),
];

const sent = (state: JoinState, name: TopicName, at: number): JoinState['topics'] => ({
  ...state.topics,
  [name]: { ...state.topics[name], records: [...state.topics[name].records, at] },
});

/** A committed change of a child, on its way to the projector. */
export function commitChild(state: JoinState, commit: ChildCommit, isRow = true): JoinState {
  const at = state.childLog.length;
  const logged = { ...state, childLog: [...state.childLog, commit] };
  if (!isRow) return logged;
  return { ...logged, topics: sent(state, 'children', at), children: state.children.with(commit.child, commit.row) };
}

export function commitParent(state: JoinState, kind: 'parents' | 'brands', commit: ParentCommit): JoinState {
  const log = kind === 'parents' ? 'parentLog' : 'brandLog';
  const at = state[log].length;
  return {
    ...state,
    [log]: [...state[log], commit],
    topics: sent(state, kind, at),
    parents: { ...state.parents, [commit.parent]: commit.row },
  };
}

function childTransactions(world: JoinWorld, state: JoinState): JoinStep[] {
  const row = state.children[0] ?? null;
  return world.configuration.childOperations.flatMap((operation) => {
    const commit = childCommit(world.configuration, row, operation, `n${state.childLog.length}`);
    return commit === undefined ? [] : spend(state, 'children', `SQL: child ${operation}`, commitChild(state, commit));
  });
}

function childCommit(
  { relations }: JoinConfiguration,
  row: ChildRow,
  operation: JoinConfiguration['childOperations'][number],
  n: string,
): ChildCommit | undefined {
  if (operation !== 'A' && operation !== 'B' && operation !== 'none') return sameLinks(row, operation, n);
  const link = operation === 'none' ? '' : operation;
  if (row?.links['parent1'] === link) return undefined;
  // A second relation points to A from the beginning, and stays.
  const links = { parent1: link, ...(relations === 2 ? { parent2: row?.links['parent2'] ?? 'A' } : {}) };
  return { child: 0, row: { n, links } };
}

function sameLinks(
  row: ChildRow,
  operation: 'column' | 'column, in parts' | 'delete',
  n: string,
): ChildCommit | undefined {
  if (row === null) return undefined;
  if (operation === 'delete') return { child: 0, row: null };
  return operation === 'column' ? { child: 0, row: { ...row, n } } : { child: 0, row, inParts: true };
}

function parentTransactions(world: JoinWorld, state: JoinState): JoinStep[] {
  return world.configuration.parents.flatMap((parent) =>
    world.configuration.parentOperations.flatMap((operation) => {
      const row = parentRow(world.configuration, state, parent, operation);
      if (row === undefined) return [];
      const commit = { parent, row, ...(operation === 'rename, touched' ? { touched: true } : {}) };
      return spend(state, 'parents', `SQL: parent ${parent} ${operation}`, commitParent(state, 'parents', commit));
    }),
  );
}

function parentRow(
  { brands }: JoinConfiguration,
  state: JoinState,
  parent: string,
  operation: JoinConfiguration['parentOperations'][number],
): ParentRow | undefined {
  const row = state.parents[parent] ?? null;
  const name = `${parent}${state.parentLog.length}`;
  if (operation === 'rename' || operation === 'rename, touched') return { name, brand: row?.brand ?? brands[0] ?? '' };
  if (row === null) return undefined;
  if (operation === 'same') return row;
  if (operation === 'back') return { ...row, name: `${parent}0` };
  if (operation === 'delete') return null;
  const other = brands.find((brand) => brand !== row.brand);
  return other === undefined ? undefined : { ...row, brand: other };
}

function brandTransactions(world: JoinWorld, state: JoinState): JoinStep[] {
  return world.configuration.brands.flatMap((brand) => {
    const row = { name: `${brand}${state.brandLog.length}`, brand: '' };
    return spend(state, 'brands', `SQL: brand ${brand} rename`, commitParent(state, 'brands', { parent: brand, row }));
  });
}

/** Customers win over whatever is there; a row that is gone refuses them. */
function answers(state: JoinState): JoinStep[] {
  const [change, ...asked] = state.asked;
  if (change === undefined) return [];
  const row = state.children[0] ?? null;
  const answered = { ...state, asked };
  const outcome = { id: change.id, out: row === null ? ('R' as const) : ('A' as const), at: 0 };
  const after = row === null || change.op === 'd' ? null : changed(row, change.set);
  const committed = commitChild(answered, { child: 0, row: after, answer: outcome }, row !== null);
  const at = state.childLog.length;
  const topics = {
    ...committed.topics,
    inbox: { ...state.topics.inbox, records: [...state.topics.inbox.records, at] },
  };
  return [{ name: `SQL: answers ${change.id} with ${outcome.out}`, kind: 'progress', next: { ...committed, topics } }];
}

const changed = (row: NonNullable<ChildRow>, set: Item): ChildRow => ({
  n: scalarOf(set['n']) ?? row.n,
  links: { ...row.links, ...(set['fk1'] === undefined ? {} : { parent1: scalarOf(set['fk1']) ?? '' }) },
});

/** What goes wrong, and what time does. */
export function faultSteps(world: JoinWorld, state: JoinState): JoinStep[] {
  return [
    ...crashes(state),
    ...rebalances(world, state),
    ...replays(state),
    ...expiries(state),
    ...lateReferences(state),
  ];
}

function crashes(state: JoinState): JoinStep[] {
  const consumers = TOPICS.filter((name) => state.consumers[name] !== undefined);
  return [
    ...consumers.flatMap((name) => {
      const { [name]: _, ...others } = state.consumers;
      return spend(state, 'crash', `consumer of ${name} dies`, { consumers: others });
    }),
    ...(state.worker === undefined ? [] : spend(state, 'crash', 'worker dies', { worker: undefined })),
    ...(state.reader === undefined ? [] : spend(state, 'crash', 'reader dies', { reader: undefined })),
  ];
}

function rebalances(world: JoinWorld, state: JoinState): JoinStep[] {
  if (state.zombie !== undefined) return [];
  const consumers = TOPICS.flatMap((name) => {
    const flights =
      state.consumers[name] === undefined
        ? nextTasks(world, state, name).map((task) => takeOff(world, state, task))
        : [state.consumers[name]];
    const { [name]: _, ...others } = state.consumers;
    return flights.flatMap((zombie) =>
      spend(state, 'zombie', `consumer of ${name} loses its partition`, { consumers: others, zombie }),
    );
  });
  if (state.worker === undefined || state.zombieWorker !== undefined) return consumers;
  const worker = spend(state, 'zombie', 'worker loses its lane', { zombieWorker: state.worker, worker: undefined });
  return [...consumers, ...worker];
}

/** A connector sends again from any of its commits. */
function replays(state: JoinState): JoinStep[] {
  return TOPICS.flatMap((name) => {
    const { records, committed } = state.topics[name];
    return [...new Set(records)].flatMap((from) => {
      const again = [...new Set(records)].filter((at) => at >= from).sort((a, b) => a - b);
      const topics = { ...state.topics, [name]: { records: [...records, ...again], committed } };
      return spend(state, 'replay', `connector of ${name} sends again from #${from}`, { topics });
    });
  });
}

/** Tombstones outlive everything that is under way. */
function expiries(state: JoinState): JoinStep[] {
  const isIdle = TOPICS.every((name) => state.topics[name].committed === state.topics[name].records.length);
  if (!isIdle || state.zombie !== undefined || state.reader !== undefined || state.asked.length > 0) return [];
  return Object.entries(state.items).flatMap(([id, item]) => {
    if (scalarOf(item['_st']) !== 'T') return [];
    const { [id]: _, ...items } = state.items;
    return spend(state, 'expiry', `tombstone ${id} ends`, { items });
  });
}

const lateReferences = (state: JoinState): JoinStep[] =>
  state.hidden.map((id) => ({
    name: `reference ${id} shows`,
    kind: 'progress' as const,
    next: { ...state, hidden: state.hidden.filter((other) => other !== id) },
  }));

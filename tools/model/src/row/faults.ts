import {
  DEFAULT_LIMITS,
  type Item,
  ItemState,
  Meta,
  hasPending,
  number,
  scalarOf,
  stateOf,
  transactionOf,
} from '@hybridge/protocol';
import type { Step } from '../checker/model.ts';
import type { Budgets } from './configuration.ts';
import { isServed, takeOff, withItem } from './flight.ts';
import { nextTask } from './projector.ts';
import { currentRow, isLocked, visibleRow } from './sql.ts';
import { FLIGHTS, type Commit, type KafkaRecord, type State, type Topic } from './state.ts';
import { CURRENT, NOW_MS, type World, hasLease } from './world.ts';

/** What goes wrong, and what time does. Each costs one of its budget. */
export function faultSteps(world: World, state: State): Step<State>[] {
  return [
    ...crashes(state),
    ...rebalances(world, state),
    ...replays(world, state),
    ...messageFaults(state),
    ...leaseEnds(world, state),
    ...expiries(world, state),
    ...snapshots(world, state),
    ...failovers(world, state),
  ];
}

/** The step, if the budget allows it. */
function spend(state: State, budget: keyof Budgets, name: string, next: Partial<State>): Step<State>[] {
  const left = state.budgets[budget];
  if (left === 0) return [];
  return [{ name, kind: 'chance', next: { ...state, ...next, budgets: { ...state.budgets, [budget]: left - 1 } } }];
}

function crashes(state: State): Step<State>[] {
  const consumers = (['projector', 'settler'] as const).filter((name) => state[name] !== undefined);
  return [
    ...consumers.flatMap((name) => spend(state, 'crash', `${name} dies`, { [name]: undefined })),
    ...(state.fills.length > 0 ? spend(state, 'crash', 'reader dies', { fills: state.fills.slice(0, -1) }) : []),
    ...(state.work === undefined
      ? []
      : spend(state, 'writebackCrash', 'writeback dies', {
          work: undefined,
          queue: [...state.queue, state.work.message],
        })),
  ];
}

/** The partition goes to another projector; this one goes on with the record in its hands. */
function rebalances(world: World, state: State): Step<State>[] {
  if (state.zombie !== undefined || state.budgets.zombie === 0) return [];
  if (!isServed(state)) return [];
  return (['projector', 'settler'] as const).flatMap((name) => {
    const task = nextTask(world, state, name);
    const flight = state[name] ?? (task && takeOff(world, task));
    if (flight === undefined) return [];
    return spend(state, 'zombie', `${name} loses its partition`, { [name]: undefined, zombie: flight });
  });
}

/** The connector sends everything from one commit on again; snapshot rows may be old by then. */
function replays(world: World, state: State): Step<State>[] {
  if (state.budgets.replay === 0) return [];
  const starts = new Set([...state.log, ...state.rows.records.map(({ commit }) => commit)].map(({ number }) => number));
  return [...starts].flatMap((from) => {
    const suffix = (topic: Topic, aged: boolean): Topic => ({
      ...topic,
      records: [
        ...topic.records,
        ...topic.records.filter(isFrom(from)).map((record) => sentAgain(record, aged && world.design.marksAged)),
      ],
    });
    const replay = (aged: boolean) =>
      spend(state, 'replay', `connector sends again from #${from}${aged ? ', much later' : ''}`, {
        rows: suffix(state.rows, aged),
        inbox: suffix(state.inbox, aged),
      });
    if (!hasSnapshotFrom(state.rows, from)) return replay(false);
    return [...replay(true), ...(timeHasPassed(world, state) ? [] : replay(false))];
  });
}

/** After a tombstone ended, everything that was sent before is old. */
const timeHasPassed = (world: World, state: State): boolean =>
  state.budgets.expiry < world.configuration.budgets.expiry;

const isFrom =
  (from: number) =>
  (record: KafkaRecord): boolean =>
    record.again !== true && record.commit.number >= from;

const hasSnapshotFrom = (topic: Topic, from: number): boolean =>
  topic.records.some((record) => record.commit.snapshot === true && isFrom(from)(record));

const sentAgain = (record: KafkaRecord, aged: boolean): KafkaRecord => ({
  commit: record.commit,
  again: true,
  ...(aged && record.commit.snapshot === true ? { aged } : {}),
});

function messageFaults(state: State): Step<State>[] {
  const last = state.queue.at(-1);
  if (last === undefined) return [];
  return [
    ...spend(state, 'duplicate', 'message delivered twice', { queue: [...state.queue, last] }),
    ...spend(state, 'loss', 'message lost', { queue: state.queue.slice(0, -1) }),
  ];
}

/** A lease without a living holder ends by itself; one of a slow holder when the environment wants it. */
function leaseEnds(world: World, state: State): Step<State>[] {
  const { item } = state;
  if (item === undefined || !hasLease(item) || scalarOf(item[Meta.leaseExpiry]) === '0') return [];
  const next = { item: world.interner.canonical({ ...item, [Meta.leaseExpiry]: number(0) }) };
  const held = [...state.fills, ...FLIGHTS.map((name) => state[name]?.filling?.fill)].some(
    (fill) => fill?.lease.token === CURRENT,
  );
  if (held) return spend(state, 'leaseExpiry', 'lease of a slow reader runs out', next);
  return [{ name: 'lease of a dead reader runs out', kind: 'progress', next: { ...state, ...next } }];
}

function expiries(world: World, state: State): Step<State>[] {
  const { item } = state;
  if (item === undefined || hasPending(item)) return [];
  if (stateOf(item) === ItemState.live) return evictions(world, state, item);
  if (state.budgets.expiry === 0) return [];
  const tombstone = stateOf(item) === ItemState.tombstone;
  if (!tombstone && stateOf(item) !== ItemState.fence) return [];
  const asks = world.interner.canonical({ ...item, [Meta.negativeExpiry]: number(0) });
  return [
    ...(tombstone && asks !== item ? spend(state, 'expiry', 'negative answer ends', { item: asks }) : []),
    ...(mayBeDeleted(world, state, item)
      ? spend(state, 'expiry', 'TTL deletes the item', withItem(world, state, undefined))
      : []),
  ];
}

/** An idle item of a lazy view ends; with every change its life begins anew, as long as that of a fence. */
function evictions(world: World, state: State, item: Item): Step<State>[] {
  const { design, configuration } = world;
  if (configuration.mode !== 'lazy' || isStuck(state)) return [];
  const unseen = state.log.slice(state.visible).some(({ number, row }) => row !== undefined && isIn(item, number));
  if (unseen && design.idleOutlivesLag) return [];
  return spend(state, 'eviction', 'TTL deletes the idle item', withItem(world, state, undefined));
}

const isIn = (item: Item, commit: number): boolean => Number(transactionOf(item) ?? 0) >= commit;

/** Assumptions A1 and A2 of the protocol, as far as the design makes them. */
function mayBeDeleted({ design, configuration }: World, state: State, item: Item): boolean {
  const seenByAll = isSeen(state, item) || !design.fenceOutlivesLag;
  const shortLived = configuration.mode === 'eager' && !livesLong(item);
  const outlives = shortLived ? !isAsked(state) : !isStuck(state);
  return seenByAll && (outlives || !design.tombstoneOutlivesWriters);
}

const isSeen = (state: State, item: Item): boolean => Number(transactionOf(item) ?? 0) <= state.visible;

const LONG = (NOW_MS + DEFAULT_LIMITS.tombstoneTtlMs) / 1000;
const livesLong = (item: Item): boolean => Number(scalarOf(item[Meta.expiry])) >= LONG;

/** Somebody holds an old write in his hands, or an old snapshot row is on its way. */
const isStuck = (state: State): boolean =>
  isAsked(state) ||
  [state.zombie, state.snapshot, state.ghost].some((actor) => actor !== undefined) ||
  state.rows.records
    .slice(state.rows.committed)
    .some((record) => record.commit.snapshot === true && record.aged !== true);

/** Calls of customers end within a minute. */
const isAsked = ({ customer, rival }: State): boolean => customer !== undefined || rival !== undefined;

/** An incremental snapshot of the row: a window, a read in it, and a record unless the row changed meanwhile. */
function snapshots(world: World, state: State): Step<State>[] {
  const window = state.snapshot;
  if (window === undefined) {
    return spend(state, 'snapshot', 'snapshot window opens', { snapshot: { from: state.log.length } });
  }
  if (window.read === undefined) {
    const next = { ...state, snapshot: { ...window, read: { row: visibleRow(state) } } };
    return [{ name: 'snapshot reads the row', kind: 'progress', next }];
  }
  if (isLocked(state)) return [];
  const changed = state.log.slice(window.from).some((commit) => commit.row !== undefined);
  const closed: State = { ...state, snapshot: undefined };
  const next = changed || window.read.row === null ? closed : sendUnpositioned(world, closed, window.read.row);
  return [{ name: 'snapshot window closes', kind: 'progress', next }];
}

/** A row that was read, not logged: it carries no position and no transaction. */
function sendUnpositioned(world: World, state: State, row: Commit['row'] & object): State {
  const commit = world.interner.canonical<Commit>({
    number: state.log.length + 0.5,
    epoch: state.epoch,
    major: 0,
    rowMinor: 0,
    inboxMinor: 0,
    row,
    snapshot: true,
  });
  return { ...state, rows: { ...state.rows, records: [...state.rows.records, { commit }] } };
}

/** A failover to a server that lacks the last commit: a new epoch, and the key is read again there. */
function failovers(world: World, state: State): Step<State>[] {
  if (state.reread && !isLocked(state)) {
    const row = currentRow(state);
    const commit: Commit = {
      number: state.log.length + 0.5,
      epoch: state.epoch,
      major: 0,
      rowMinor: 0,
      inboxMinor: 0,
      row,
      snapshot: true,
    };
    const records = [...state.rows.records, { commit: world.interner.canonical(commit) }];
    const next = { ...state, reread: false, rows: { ...state.rows, records } };
    return [{ name: 'operator reads the key again', kind: 'progress', next }];
  }
  const last = state.log.at(-1);
  if (last?.row === undefined || last.inbox !== undefined || last.lost === true || isLocked(state)) return [];
  const lost = world.interner.canonical({ ...last, lost: true });
  return spend(state, 'failover', 'failover loses the last commit', {
    log: [...state.log.slice(0, -1), lost],
    epoch: state.epoch + (world.design.raisesEpoch ? 1 : 0),
    reread: world.design.rereads,
  });
}

import { type Attributes, type Truth, sameValue, text } from '@hybridge/protocol';
import type { Step } from '../checker/model.ts';
import type { Answer, Commit, KafkaRecord, Row, State } from './state.ts';
import type { SqlOperation } from './configuration.ts';
import type { World } from './world.ts';

/** Positions in the log are this far apart. */
const STRIDE = 10;

/** The row as SQL holds it, committed and locked. */
export const currentRow = (state: State): Row => rowAfter(state.log, state.log.length);

/** The row as a reader's new snapshot shows it. */
export const visibleRow = (state: State): Row => rowAfter(state.log, state.visible);

function rowAfter(log: readonly Commit[], commits: number): Row {
  for (let i = commits - 1; i >= 0; i -= 1) {
    const commit = log[i] as Commit;
    if (commit.row !== undefined && commit.lost !== true) return commit.row;
  }
  return null;
}

/** Whether a transaction that committed is not visible yet; it holds the row's lock. */
export const isLocked = (state: State): boolean => state.visible < state.log.length;

/** Whether a snapshot taken now contains what a transaction wrote. */
export const proves = (state: State, transaction: string | undefined): boolean =>
  transaction === undefined || Number(transaction) <= state.visible;

/** What a row holds that no item can; the next update of column `a` takes it away. */
const OVERSIZE: Attributes = { a: text('oversize') };

/** Whether DynamoDB cannot hold the row. */
export const isUnstorable = (row: Row): boolean => row !== null && sameValue(row['a'], OVERSIZE['a']);

/** What SQL can say of a row in an answer. */
export function imageOf(row: Row): Truth | undefined {
  if (row === null) return undefined;
  return isUnstorable(row) ? { exists: 'unknown' } : { exists: true, columns: row };
}

export interface Change {
  readonly row?: Row;
  readonly partial?: boolean;
  readonly noop?: boolean;
  readonly inbox?: Answer;
  /** The key is used again: the insert was logged before the delete that committed before it. */
  readonly reuse?: boolean;
}

/** Commits a transaction: in the log at once, and so in Kafka; visible to readers perhaps later. */
export function commit(world: World, state: State, change: Change): State {
  const { reuse, ...rest } = change;
  const number = state.log.length + 1;
  const physical = number - state.log.filter((entry) => entry.lost === true).length;
  const entry = world.interner.canonical<Commit>({
    number,
    epoch: state.epoch,
    major: STRIDE * (physical - 1),
    rowMinor: reuse === true ? reusedMinor(state) : STRIDE * physical - 5,
    inboxMinor: STRIDE * physical - 3,
    ...rest,
  });
  const record: KafkaRecord = { commit: entry };
  const later = world.configuration.decodedFirst && entry.row !== undefined;
  return {
    ...state,
    log: [...state.log, entry],
    visible: later ? state.visible : number,
    rows: entry.row === undefined ? state.rows : { ...state.rows, records: [...state.rows.records, record] },
    inbox: entry.inbox === undefined ? state.inbox : { ...state.inbox, records: [...state.inbox.records, record] },
  };
}

/** Just before the delete; undefined unless the last commit is one. */
export function reusable(state: State): boolean {
  const last = state.log.at(-1);
  return last?.row === null && last.lost !== true;
}

const reusedMinor = (state: State): number => (state.log.at(-1) as Commit).rowMinor - 1;

const chance = (name: string, next: State): Step<State> => ({ name, kind: 'chance', next });

/** Transactions of other SQL users, and the moment in which a commit becomes visible. */
export function sqlSteps(world: World, state: State): Step<State>[] {
  if (isLocked(state)) {
    return [{ name: 'commit becomes visible', kind: 'progress', next: { ...state, visible: state.log.length } }];
  }
  if (state.budgets.sql === 0) return [];
  const spent = { ...state, budgets: { ...state.budgets, sql: state.budgets.sql - 1 } };
  return world.configuration.sqlOperations.flatMap((operation) =>
    changesOf(world, state, operation).map(({ name, ...change }) => chance(name, commit(world, spent, change))),
  );
}

function changesOf(world: World, state: State, operation: SqlOperation): (Change & { readonly name: string })[] {
  const row = currentRow(state);
  const value = text(String(state.log.length + 1));
  if (operation === 'insert') return row === null ? insertions(state, { a: value, b: value }) : [];
  if (row === null) return [];
  if (operation === 'delete') return [{ name: 'SQL deletes the row', row: null }];
  if (operation === 'oversize') return [{ name: 'SQL stores what no item holds', row: { ...row, ...OVERSIZE } }];
  if (operation === 'update-c') return [{ name: 'SQL updates what no view shows', row, noop: true }];
  if (operation === 'update-b') return [{ name: 'SQL updates b', row: { ...row, b: value } }];
  const partial = world.configuration.partialEvents ? { partial: true } : {};
  return [{ name: 'SQL updates a', row: { ...row, a: value }, ...partial }];
}

function insertions(state: State, row: Attributes): (Change & { readonly name: string })[] {
  const plain = { name: 'SQL inserts the row', row };
  return reusable(state) ? [plain, { name: 'SQL inserts, logged before the delete', row, reuse: true }] : [plain];
}

import { type Attributes, type PendingChange, type Truth, hasPending, pendingOf } from '@hybridge/protocol';
import type { Step } from '../checker/model.ts';
import { commit, currentRow, imageOf, isLocked, reusable } from './sql.ts';
import type { Answer, Message, Row, State, Work } from './state.ts';
import type { World } from './world.ts';

const progress = (name: string, next: State): Step<State> => ({ name, kind: 'progress', next });

/** Commands on their way to SQL, one SQL transaction a change, and the sweep for those that were lost. */
export function writebackSteps(world: World, state: State): Step<State>[] {
  return state.work === undefined
    ? [...receiveSteps(world, state), ...sweepSteps(world, state)]
    : workSteps(world, state, state.work);
}

/** The queue has no order: any message may come next. */
function receiveSteps(world: World, state: State): Step<State>[] {
  const seen = new Set<number>();
  return state.queue.flatMap((message, at) => {
    const id = world.interner.idOf(message);
    if (seen.has(id)) return [];
    seen.add(id);
    const queue = state.queue.filter((_, index) => index !== at);
    const ids = message.pending.map((change) => change.id).join(', ');
    return [progress(`writeback receives ${ids}`, { ...state, queue, work: startOf(message) })];
  });
}

const startOf = (message: Message): Work => ({ message, index: 0, missing: false });

/** Only when nothing else will settle the item: an earlier sweep does what a duplicate does. */
function sweepSteps(world: World, state: State): Step<State>[] {
  const { item, inbox } = state;
  const quiet = state.queue.length === 0 && inbox.committed === inbox.records.length && state.settler === undefined;
  if (!world.design.sweeps || !quiet || item === undefined || !hasPending(item)) return [];
  if (state.zombie?.task.kind === 'settle') return [];
  return [progress('sweep sends again', { ...state, queue: [{ pending: pendingOf(item), sweep: true }] })];
}

function workSteps(world: World, state: State, work: Work): Step<State>[] {
  const change = work.message.pending[work.index];
  if (change === undefined) return [progress('writeback acknowledges', { ...state, work: undefined })];
  if (work.missing && world.configuration.primary === 'dynamodb') {
    return [progress(`SQL has nothing to delete for ${change.id}`, applyNothing(world, state, change))];
  }
  if (work.missing) {
    return [progress(`SQL rejects ${change.id}: missing`, reject(world, state, change, world.design.missingImage))];
  }
  if (isLocked(state)) return [];
  const known = state.endings[change.id];
  return known !== undefined && world.design.remembersAnswers
    ? [repeatAnswer(world, state, change, known.out)]
    : decideSteps(world, state, change);
}

function repeatAnswer(world: World, state: State, change: PendingChange, out: 'A' | 'R'): Step<State> {
  const next = onward(state);
  if (state.work?.message.sweep !== true) return progress(`SQL knows ${change.id} already`, next);
  const image = imageOf(currentRow(state));
  return progress(`SQL answers ${change.id} again`, commit(world, next, { inbox: { id: change.id, out, image } }));
}

function decideSteps(world: World, state: State, change: PendingChange): Step<State>[] {
  const row = currentRow(state);
  const ruling = world.design.decideChange(change, row ?? undefined, world.view);
  if (ruling.do === 'nothing' || (ruling.do === 'reject' && row === null)) {
    return [
      progress(`SQL finds no row for ${change.id}`, { ...state, work: { ...(state.work as Work), missing: true } }),
    ];
  }
  if (ruling.do === 'reject') {
    return [progress(`SQL rejects ${change.id}`, reject(world, state, change, imageOf(row)))];
  }
  if (ruling.do === 'delete') return [progress(`SQL applies ${change.id}`, apply(world, state, change, { row: null }))];
  const set = ruling.set as Attributes;
  if (ruling.do === 'update') {
    const partial = world.configuration.partialEvents && set['a'] !== undefined ? { partial: true } : {};
    return [progress(`SQL applies ${change.id}`, apply(world, state, change, { row: { ...row, ...set }, ...partial }))];
  }
  const insert = progress(`SQL applies ${change.id}`, apply(world, state, change, { row: set }));
  if (!reusable(state)) return [insert];
  return [
    insert,
    progress(`SQL applies ${change.id}, logged early`, apply(world, state, change, { row: set, reuse: true })),
  ];
}

interface Effect {
  readonly row: Row;
  readonly partial?: boolean;
  readonly reuse?: boolean;
}

function apply(world: World, state: State, change: PendingChange, effect: Effect): State {
  const before = state.endings[change.id];
  const applied = (before?.applied ?? 0) + 1;
  const broken =
    applied > 1
      ? `change ${change.id} was applied twice`
      : before?.out === 'R'
        ? `change ${change.id} was rejected and applied`
        : !state.accepted.some(({ id }) => id === change.id)
          ? `SQL carried out ${change.id}, which no customer asked for`
          : overwrites(world, state, change)
            ? `change ${change.id} overwrote a value the customer never saw`
            : state.broken;
  const image: Truth = imageOf(effect.row) ?? { exists: false };
  const next = commit(world, onward(state), { ...effect, inbox: { id: change.id, out: 'A', image } });
  return { ...next, broken, endings: { ...state.endings, [change.id]: { out: 'A', applied } } };
}

/** Nothing locks a missing row, so that the answer proves nothing of it. */
function applyNothing(world: World, state: State, change: PendingChange): State {
  const applied = (state.endings[change.id]?.applied ?? 0) + 1;
  const broken = applied > 1 ? `change ${change.id} was applied twice` : state.broken;
  const next = commit(world, onward(state), { inbox: { id: change.id, out: 'A', image: undefined } });
  return { ...next, broken, endings: { ...state.endings, [change.id]: { out: 'A', applied } } };
}

/** A lost update: SQL holds something else than the customer saw, and the policy lets SQL win. */
function overwrites(world: World, state: State, change: PendingChange): boolean {
  if (world.configuration.policy !== 'sql-wins' || change.op === 'i') return false;
  const row = currentRow(state);
  const text = (value: unknown) => JSON.stringify(value);
  return Object.entries(change.base).some(([name, value]) => text(row?.[name]) !== text(value));
}

function reject(world: World, state: State, change: PendingChange, image: Answer['image']): State {
  const before = state.endings[change.id];
  const broken = before?.out === 'A' ? `change ${change.id} was applied and rejected` : state.broken;
  const next = commit(world, onward(state), { inbox: { id: change.id, out: 'R', image } });
  const ending = { out: 'R' as const, applied: before?.applied ?? 0 };
  return { ...next, broken, endings: { ...state.endings, [change.id]: ending } };
}

const onward = (state: State): State => {
  const work = state.work as Work;
  return { ...state, work: { ...work, index: work.index + 1, missing: false } };
};

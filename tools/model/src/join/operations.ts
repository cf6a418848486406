import {
  type Attributes,
  type ChildOperation,
  type Item,
  type ItemKey,
  type Links,
  NULL,
  type RowChange,
  baseKey,
  baseOperation,
  fillOperation,
  mergeRowChanges,
  plainShape,
  repairOperation,
  rowOperation,
  settleOperation,
  text,
} from '@hybridge/protocol';
import type { ChildRow, JoinState, ParentCommit, Task } from './state.ts';
import { type JoinWorld, brandPk, childKey, parentPk, versionAt } from './world.ts';

/** The operation of a task, as the shipped code makes it of an event, an answer, a lease. */
export function operationOf(world: JoinWorld, state: JoinState, task: Task): ChildOperation<string> {
  switch (task.kind) {
    case 'row':
      return ofRow(world, rowChangeOf(world, state, task), task.covers > 1);
    case 'settle':
      return ofAnswer(world, state, task.at);
    case 'parent':
    case 'brand':
      return ofParent(world, baseChangeOf(world, state, task), task.covers > 1);
    case 'fill': {
      const filled = { lease: task.lease, shape: SHAPE, row: task.row === null ? undefined : columnsOfChild(task.row) };
      const links = task.row === null ? undefined : linksOf(task.row);
      return fillOperation(filled, { relations: world.childRelations, links }, world.context);
    }
    case 'fill base': {
      const { lease, row } = task;
      const filled = { lease, shape: PARENT_SHAPE, row: row === null ? undefined : { name: text(row.name) } };
      const relations = world.parentRelations;
      const links = relations.length > 0 && row !== null ? { brand: brandPk(row.brand) } : {};
      return fillOperation(filled, { relations, links }, world.context);
    }
    case 'repair':
      return repairOperation(childKey(task.child), world.childRelations, world.context);
  }
}

const SHAPE = plainShape(['n', 'fk1', 'fk2']);
const PARENT_SHAPE = plainShape(['name']);

export const columnsOfChild = ({ n, links }: NonNullable<ChildRow>): Attributes => ({
  n: text(n),
  ...Object.fromEntries(
    Object.entries(links).map(([relation, parent]) => [`fk${relation.at(-1)}`, parent === '' ? NULL : text(parent)]),
  ),
});

const linksOf = ({ links }: NonNullable<ChildRow>): Links =>
  Object.fromEntries(Object.entries(links).map(([relation, parent]) => [relation, parentPk(parent)]));

interface LinkedChange {
  readonly change: RowChange;
  readonly links: Links | undefined;
}

function rowChangeOf(
  world: JoinWorld,
  state: JoinState,
  task: { readonly at: number; readonly covers: number },
): LinkedChange {
  const before = task.covers > 1 ? rowChangeOf(world, state, { at: task.at - 1, covers: task.covers - 1 }) : undefined;
  const { child, row, inParts } = state.childLog[task.at] as JoinState['childLog'][number];
  const { n, ...others } = row === null ? {} : columnsOfChild(row);
  const change: RowChange = {
    key: childKey(child),
    kind: row === null ? 'delete' : inParts === true ? 'partial' : 'upsert',
    columns: row === null ? {} : inParts === true ? others : { n: n as never, ...others },
    shape: SHAPE,
    ...provenance(task.at),
  };
  const merged = before === undefined ? change : mergeRowChanges(before.change, change);
  return { change: merged ?? change, links: row === null ? undefined : linksOf(row) };
}

/** Whether two changes that follow each other may be written as one. */
export function mayMerge(world: JoinWorld, state: JoinState, at: number): boolean {
  const [one, other] = [state.childLog[at - 1], state.childLog[at]];
  if (one === undefined || other === undefined || one.child !== other.child) return false;
  const [before, next] = [at - 1, at].map((number) => rowChangeOf(world, state, { at: number, covers: 1 }).change);
  return mergeRowChanges(before as RowChange, next as RowChange) !== undefined;
}

const provenance = (at: number, part: 'row' | 'answer' = 'row') => ({
  version: versionAt(at, part),
  transaction: String(at),
  committedAt: 0,
});

const ofRow = (world: JoinWorld, { change, links }: LinkedChange, covers: boolean): ChildOperation<string> =>
  rowOperation(
    change,
    world.configuration.mode,
    { relations: world.childRelations, links, covers: covers && world.design.tellsCovers },
    world.context,
  );

function ofAnswer(world: JoinWorld, state: JoinState, at: number): ChildOperation<string> {
  const { child, row, answer } = state.childLog[at] as Required<JoinState['childLog'][number]>;
  const absent = answer.out === 'A' ? ({ exists: false } as const) : undefined;
  const signal = {
    key: childKey(child),
    shape: SHAPE,
    outcome: answer,
    image: row === null ? absent : ({ exists: true, columns: columnsOfChild(row) } as const),
    ...provenance(at, 'answer'),
  };
  const links = row === null || !world.design.answersPoint ? undefined : linksOf(row);
  return settleOperation(signal, { relations: world.childRelations, links }, world.context);
}

interface BaseChange {
  readonly change: RowChange;
  readonly links: Links;
}

type BaseTask = { readonly kind: 'parent' | 'brand'; readonly at: number; readonly covers: number };

export const baseLogOf = (state: JoinState, kind: 'parent' | 'brand'): readonly ParentCommit[] =>
  kind === 'parent' ? state.parentLog : state.brandLog;

function baseChangeOf(world: JoinWorld, state: JoinState, { kind, at }: BaseTask): BaseChange {
  const { parent, row, touched } = baseLogOf(state, kind)[at] as ParentCommit;
  const isLinked = kind === 'parent' && world.parentRelations.length > 0;
  const change: RowChange = {
    key: baseKey(kind, parent),
    kind: row === null ? 'delete' : touched === true ? 'touched' : 'upsert',
    columns: row === null || touched === true ? {} : { name: text(row.name) },
    shape: PARENT_SHAPE,
    ...provenance(at),
  };
  return { change, links: isLinked && row !== null ? { brand: brandPk(row.brand) } : {} };
}

const ofParent = (world: JoinWorld, { change, links }: BaseChange, covers: boolean): ChildOperation<string> => ({
  ...baseOperation(
    change,
    {
      relations: change.key.pk.startsWith('A#parent') ? world.parentRelations : [],
      links,
      covers: covers && world.design.tellsCovers,
    },
    world.context,
  ),
  decide: (seen) => world.design.decideBaseChange(change, links, world.context, seen),
});

/** What became of a parent's change, for the question whether its children have to be told. */
export const mustTell = (
  world: JoinWorld,
  state: JoinState,
  task: BaseTask,
  ended: { readonly outcome: string; readonly item: Item | undefined },
): boolean =>
  world.design.mustFanOut(
    baseChangeOf(world, state, task).change,
    ended as Parameters<typeof world.design.mustFanOut>[1],
    task.covers > 1 && world.design.tellsCovers,
  );

export const keyOfTask = (world: JoinWorld, state: JoinState, task: Task): ItemKey =>
  operationOf(world, state, task).key;

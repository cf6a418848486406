import { type RowChange, type SettleSignal, encodeVersion, text, plainShape } from '@hybridge/protocol';
import { isUnstorable } from './sql.ts';
import type { Commit, KafkaRecord, RowTask, State, Task } from './state.ts';
import { COLUMN_NAMES, KEY, type World } from './world.ts';

/** What a record of the row's topic asks the projector for. Behind a parked record nothing but the version counts. */
export function taskOfRecord(world: World, { parking }: State, record: KafkaRecord, offset: number): Task {
  const task = rowTask(world, record, offset);
  if (parking?.phase !== 'parked') return task;
  const isPoison = record.commit.number === parking.poison;
  if (isPoison && world.configuration.poison === 'without version') return { kind: 'park' };
  return { kind: 'row', change: { ...task.change, kind: 'unstorable', columns: {} }, parked: true };
}

/** Whether a record is passed over: the view shows the same before and after it. */
export const isPassedOver = ({ design, configuration }: World, record: KafkaRecord): boolean =>
  record.commit.noop === true && (design.skipsNoops === 'always' || configuration.captured);

/** The next record with 0, 1, 2 … of those behind it, as far as one write can do for them. */
export function mergedTasks(world: World, { rows, parking }: State, first: RowTask): readonly RowTask[] {
  if (!world.configuration.merges || parking?.phase === 'parked') return [first];
  const tasks = [first];
  let change: RowChange | undefined = first.change;
  for (let offset = rows.committed + 1; offset < rows.records.length; offset += 1) {
    const record = rows.records[offset] as KafkaRecord;
    if (!isPassedOver(world, record)) {
      change = world.design.mergeRowChanges(change, rowTask(world, record, offset).change);
    }
    if (change === undefined) return tasks;
    tasks.push({ kind: 'row', change, covers: offset - rows.committed + 1 });
  }
  return tasks;
}

export function rowTask(world: World, record: KafkaRecord, offset: number): RowTask {
  const { commit } = record;
  const change: RowChange = {
    key: KEY,
    shape: plainShape(COLUMN_NAMES),
    ...provenance(world, commit, 'row', offset),
    ...contentOf(commit, world.configuration.wholeRows),
    ...(record.aged === true ? { aged: true } : {}),
  };
  return { kind: 'row', change };
}

function contentOf(commit: Commit, wholeRows: boolean): Pick<RowChange, 'kind' | 'columns'> {
  const row = commit.row ?? null;
  if (row === null) return { kind: 'delete', columns: {} };
  if (isUnstorable(row)) return { kind: 'unstorable', columns: {} };
  if (commit.partial === true && wholeRows) return { kind: 'touched', columns: {} };
  return commit.partial === true
    ? { kind: 'partial', columns: { a: row['a'] ?? text('') } }
    : { kind: 'upsert', columns: row };
}

export function settleTask(world: World, record: KafkaRecord, offset: number): Task {
  const answer = record.commit.inbox as NonNullable<Commit['inbox']>;
  const signal: SettleSignal = {
    key: KEY,
    shape: plainShape(COLUMN_NAMES),
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

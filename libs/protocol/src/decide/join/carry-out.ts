import type { Item, ItemKey } from '../../item.ts';
import type { ItemStore, ProtocolContext } from '../../ports.ts';
import { type Ended, type Seen, carryOut } from '../decision.ts';
import { type Answer, type Call, type ChildOperation, advanceChild, startChild } from './child.ts';
import { type RefreshOutcome, decideRefresh, strayReferenceWrite } from './fan-out.ts';
import { baseVersionOf, fragmentOf } from './fragment.ts';
import { type FanOutJob, pageDoneWrite, pageOf, raiseJobWrite } from './job.ts';
import { type Move, type MoveOutcome, advanceMove, startMove } from './move.ts';
import { referenceOf, referencePartition } from './reference.ts';
import { type Relation, baseKeyOf, isBaseKey } from './relation.ts';

/**
 * Runs an operation on the item of a view with relations to its end.
 * @param first as for `carryOut`
 * @throws ProtocolError `HYBRIDGE_PROTOCOL_WRITE_REFUSED`; whatever the store throws
 */
export async function carryOutChild<Outcome>(
  store: ItemStore,
  operation: ChildOperation<Outcome>,
  first?: Seen,
): Promise<Ended<Outcome>> {
  let flight = startChild(operation, first);
  while (flight.phase !== 'done') flight = advanceChild(operation, flight, await answerTo(store, flight.call));
  return flight;
}

/** As `carryOutChild`, for a view whose items may move. */
export async function carryOutMove<Outcome>(
  store: ItemStore,
  move: Move<Outcome>,
): Promise<Ended<MoveOutcome<Outcome>>> {
  let flight = startMove(move);
  while (flight.phase !== 'done') flight = advanceMove(move, flight, await answerTo(store, flight.call));
  return flight;
}

async function answerTo(store: ItemStore, call: Call): Promise<Answer> {
  return call.do === 'read'
    ? { items: await Promise.all(call.keys.map((key) => store.get(key))) }
    : { results: await Promise.all(call.writes.map((write) => store.write(write))) };
}

/** Strongly consistent reads of references and jobs, by partition, in the order of their sort keys. */
export interface PartitionReader {
  query(partition: string, after: string | undefined, limit: number): Promise<readonly Item[]>;
}

export interface FanOutPorts {
  readonly store: ItemStore;
  readonly partitions: PartitionReader;
  /** By `Relation.id`. References of others are left alone. */
  readonly relations: ReadonlyMap<string, Relation>;
  readonly context: ProtocolContext;
  /** Told of every page of references whose children have been told. */
  readonly onTold?: (counts: RefreshCounts) => void;
}

export type RefreshCounts = { readonly [Outcome in RefreshOutcome]: number };

/** done: every child has been told, and theirs · queued: too many; a job will */
export type FanOutOutcome = 'done' | 'queued';

/**
 * Tells a parent's children after its base item was written, and their children: call it before the event is done with.
 * @param limit most references that are told at once; default 100
 * @throws whatever the ports throw
 */
export async function fanOut(ports: FanOutPorts, parent: string, limit = 100): Promise<FanOutOutcome> {
  const references = await referencesUpTo(ports, parent, limit + 1);
  if (references.length > limit) {
    const base = await ports.store.get(baseKeyOf(parent));
    if (base === undefined) return 'done';
    await ports.store.write(raiseJobWrite(parent, baseVersionOf(base), ports.context.now()));
    return 'queued';
  }
  const { bases } = await tellChildren(ports, parent, references);
  const outcomes = await Promise.all(bases.map((base) => fanOut(ports, base, limit)));
  return outcomes.includes('queued') ? 'queued' : 'done';
}

async function referencesUpTo(ports: FanOutPorts, parent: string, limit: number): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let shard = 0; shard < mostShards(ports) && found.length < limit; shard++) {
    found.push(...(await ports.partitions.query(referencePartition(parent, shard), undefined, limit - found.length)));
  }
  return found;
}

/** Partitions in which references of any of the relations may lie. */
export const mostShards = ({ relations }: Pick<FanOutPorts, 'relations'>): number =>
  Math.max(1, ...[...relations.values()].map(({ shards = 1 }) => shards));

/**
 * Conditions 13, 13' and 11 for some references of one parent, whose base item is read anew.
 * @returns what became of them, and the partition keys of children that are parents themselves: they have to be told on
 */
export async function tellChildren(
  ports: FanOutPorts,
  parent: string,
  references: readonly Item[],
): Promise<{ readonly counts: RefreshCounts; readonly bases: readonly string[] }> {
  const counts = { refreshed: 0, current: 0, filling: 0, astray: 0, waiting: 0 };
  const base = await ports.store.get(baseKeyOf(parent));
  const bases = new Set<string>();
  await Promise.all(
    references.map(async (item) => {
      const told = await tellChild(ports, base, item);
      if (told === undefined) return;
      counts[told.outcome] += 1;
      if (isBaseKey(told.child) && (told.outcome === 'refreshed' || told.outcome === 'current')) {
        bases.add(told.child.pk);
      }
    }),
  );
  ports.onTold?.(counts);
  return { counts, bases: [...bases] };
}

async function tellChild(
  { store, relations, context }: FanOutPorts,
  base: Item | undefined,
  item: Item,
): Promise<{ readonly outcome: RefreshOutcome; readonly child: ItemKey } | undefined> {
  const reference = referenceOf(item);
  const relation = relations.get(reference.relationId);
  if (relation === undefined) return undefined;
  const fragment = fragmentOf(base, relation);
  if (fragment.version === '') return undefined;
  const refresh = { reference, relation: relation.name, fragment };
  const ended = await carryOut(store, reference.child, (seen) => decideRefresh(refresh, context, seen));
  const stray = ended.outcome === 'astray' ? strayReferenceWrite(reference, ended.item) : undefined;
  if (stray !== undefined) await store.write(stray);
  return { outcome: ended.outcome, child: reference.child };
}

/** more: go on with the job as it is then · ended · overtaken: read the job anew */
export type PageOutcome = 'more' | 'ended' | 'overtaken';

/**
 * One page of a fan-out job.
 * @param pageSize references of a page; their children are told side by side
 */
export async function carryOutPage(ports: FanOutPorts, job: FanOutJob, pageSize: number): Promise<PageOutcome> {
  const { shard, after } = pageOf(job);
  const references = await ports.partitions.query(referencePartition(job.parent, shard), after, pageSize);
  const { bases } = await tellChildren(ports, job.parent, references);
  for (const base of bases) await fanOut(ports, base, pageSize);
  const last = references.at(-1);
  const page = {
    count: references.length,
    last: last === undefined ? undefined : referenceOf(last).key.sk,
    more: references.length === pageSize,
  };
  const write = pageDoneWrite(job, page, mostShards(ports));
  const { ok } = await ports.store.write(write);
  if (!ok) return 'overtaken';
  return write.expression === 'endJob' ? 'ended' : 'more';
}

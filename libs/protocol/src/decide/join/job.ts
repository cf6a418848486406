import { number, scalarOf, text } from '../../attribute.ts';
import { type Item, type ItemKey, JoinMeta, Meta, keyOf } from '../../item.ts';
import { type Write, buildWrite } from '../../write.ts';

/**
 * A fan-out that goes on by itself: all children of a parent have to see the parent's version. There is one for a parent;
 * a newer version goes on where the older one got, and visits at the end what the older one had visited, so that children
 * at the far end see something new also under a parent that never stands still.
 */
export interface FanOutJob {
  readonly key: ItemKey;
  readonly parent: string;
  /** `baseVersionOf` the parent's base item. */
  readonly version: string;
  /** Everything before it is visited, of this leg; empty: the beginning. */
  readonly cursor: string;
  /** Where the newest version began. */
  readonly from: string;
  /** first: from there to the end · second: from the beginning to there */
  readonly leg: 'first' | 'second';
  /** References visited since the job is there, for progress. */
  readonly visited: number;
  /** Milliseconds since 1970. */
  readonly raisedAt: number;
}

/** Partitions over which jobs are spread, so that workers can share them. */
export const JOB_LANES = 8;

export const jobPartition = (lane: number): string => `J#${lane}`;

export function jobKey(parent: string): ItemKey {
  let sum = 0;
  for (let i = 0; i < parent.length; i++) sum = (sum * 31 + parent.charCodeAt(i)) % 65_521;
  return { pk: jobPartition(sum % JOB_LANES), sk: parent };
}

/** Condition 16: before the parent's event is done with. Refused: the job is there, for this version or a later one. */
export const raiseJobWrite = (parent: string, version: string, nowMs: number): Write =>
  buildWrite('raiseJob', {
    key: jobKey(parent),
    values: { v: text(version), start: text(''), first: text('first'), none: number(0), now: number(nowMs) },
  });

export function jobOf(item: Item): FanOutJob {
  const key = keyOf(item);
  const read = (name: string): string => scalarOf(item[name]) ?? '';
  return {
    key,
    parent: key.sk,
    version: read(Meta.version),
    cursor: read(JoinMeta.cursor),
    from: read(JoinMeta.from),
    leg: read(JoinMeta.leg) === 'second' ? 'second' : 'first',
    visited: Number(read(JoinMeta.visited)),
    raisedAt: Number(read(JoinMeta.raisedAt)),
  };
}

/** Which references come next: those of `shard` behind `after`. */
export function pageOf({ cursor }: FanOutJob): { readonly shard: number; readonly after: string | undefined } {
  if (cursor === '') return { shard: 0, after: undefined };
  const after = cursor.slice(SHARD_DIGITS + 1);
  return { shard: Number(cursor.slice(0, SHARD_DIGITS)), after: after === '' ? undefined : after };
}

const SHARD_DIGITS = 4;
const positionOf = (shard: number, sk: string): string => `${String(shard).padStart(SHARD_DIGITS, '0')}#${sk}`;

export interface VisitedPage {
  /** References of the page, all of whose children have been told. */
  readonly count: number;
  /** Sort key of the last one; undefined: the rest of the shard was empty. */
  readonly last: string | undefined;
  /** Whether the shard may hold more. */
  readonly more: boolean;
}

/** Condition 16: notes a page, or ends the job. Refused: a newer version was raised, or another worker was faster. */
export function pageDoneWrite(job: FanOutJob, page: VisitedPage, shards: number): Write {
  const next = nextPosition(job, page, shards);
  const isRound = next === undefined && job.leg === 'first' && job.from !== '';
  const isOver = next === undefined || (job.leg === 'second' && compareBytes(next, job.from) >= 0);
  if (isOver && !isRound) return buildWrite('endJob', { key: job.key, values: { v: text(job.version) } });
  return buildWrite('advanceJob', {
    key: job.key,
    values: {
      v: text(job.version),
      from: text(job.cursor),
      jc: text(isRound ? '' : (next ?? '')),
      jl: text(isRound ? 'second' : job.leg),
      jn: number(job.visited + page.count),
    },
  });
}

/** Undefined: behind the last reference of the last shard. */
function nextPosition(job: FanOutJob, page: VisitedPage, shards: number): string | undefined {
  const { shard } = pageOf(job);
  if (page.more && page.last !== undefined) return positionOf(shard, page.last);
  return shard + 1 < shards ? positionOf(shard + 1, '') : undefined;
}

/** As DynamoDB orders sort keys. */
const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

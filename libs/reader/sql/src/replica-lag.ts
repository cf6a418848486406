import { pause } from '@hybridge/runtime';
import type { SqlPool } from './sql-pool.ts';

/** Whether a replica is near enough to its primary. */
export interface LagBound {
  /** Never throws: a replica that does not say how far behind it is, is too far behind. */
  isMet(): Promise<boolean>;
}

/** Longest wait for an answer, milliseconds: reads wait meanwhile, and the primary is there for them. */
const ANSWER_MS = 500;
/** How long an answer is good for, milliseconds; a replica falls no further behind than that meanwhile. */
const GOOD_FOR_MS = 1_000;

/**
 * The age of the last commit replayed: never less than the lag while the clocks agree, and more of it when nobody writes.
 * A server that is no standby has no lag. Unknown (NULL) on a standby that has replayed nothing since it started, and on
 * replicas that do not replay a log.
 */
const LAG = `
select pg_is_in_recovery() as replica,
       ceil(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::text as behind_ms`;

/** Asks the replica at most once a second. */
export function createLagBound(replica: Pick<SqlPool, 'query'>, maxLagMs: number): LagBound {
  let asked: { readonly answer: Promise<boolean>; readonly at: number } | undefined;
  return {
    isMet() {
      if (asked === undefined || performance.now() - asked.at > GOOD_FOR_MS) {
        asked = { answer: isWithin(replica, maxLagMs).catch(() => false), at: performance.now() };
      }
      return asked.answer;
    },
  };
}

async function isWithin(replica: Pick<SqlPool, 'query'>, maxLagMs: number): Promise<boolean> {
  const answered = new AbortController();
  const [answer] = await Promise.race([replica.query(LAG), pause(ANSWER_MS, answered.signal).then(() => [])]).finally(
    () => answered.abort(),
  );
  if (answer?.['replica'] === 'f') return true;
  const behindMs = answer?.['behind_ms'] ?? undefined;
  return behindMs !== undefined && Number(behindMs) + GOOD_FOR_MS <= maxLagMs;
}

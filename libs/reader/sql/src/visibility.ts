import type { Query } from './sql-pool.ts';

/**
 * Whether a snapshot taken from now on contains what a transaction wrote.
 *
 * A commit can be decoded from the log before any reader can see it, so "the event is here" proves nothing, and
 * neither does comparing log positions. `pg_xact_status` answers for a primary and a standby alike
 * (`pg_visible_in_snapshot` does not: on a standby it calls transactions in progress visible).
 *
 * Events name transactions by 32 bits; they are widened to the 64 bits nearest to the next transaction id. An id at or
 * above the snapshot's xmax has not ended here, which also keeps `pg_xact_status` from failing on an id in the future.
 */
const VISIBILITY = `
with next as (
  select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as xid
), widened as (
  select next.xid as next,
         case when $1::bigint >= 4294967296 then $1::bigint
              else (next.xid >> 32 << 32) + $1::bigint + 4294967296 *
                case when (next.xid & 4294967295) - $1::bigint >  2147483648 then 1
                     when (next.xid & 4294967295) - $1::bigint < -2147483648 and next.xid >= 4294967296 then -1
                     else 0 end
         end as xid
  from next
)
select case when xid >= next then 'in progress' else coalesce(pg_xact_status(xid::text::xid8), 'too old') end as status
from widened`;

/** `too old`: the server has forgotten how it ended, so it ended long ago and every snapshot contains it. */
const VISIBLE: ReadonlySet<string> = new Set(['committed', 'too old']);

/**
 * @param transaction decimal transaction id as change events carry it; anything else is never proven
 * @returns false too for an aborted one: the log never names those, so the id belongs to another history of the server
 * @throws SqlReadError
 */
export async function isVisible(query: Query, transaction: string): Promise<boolean> {
  if (!/^\d{1,18}$/.test(transaction)) return false;
  const [row] = await query(VISIBILITY, [transaction]);
  return VISIBLE.has(row?.['status'] ?? '');
}

import type { Query } from '../sql-pool.ts';

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
  select next.xid as next, asked.xid as asked,
         case when asked.xid >= 4294967296 then asked.xid
              else (next.xid >> 32 << 32) + asked.xid + 4294967296 *
                case when (next.xid & 4294967295) - asked.xid >  2147483648 then 1
                     when (next.xid & 4294967295) - asked.xid < -2147483648 and next.xid >= 4294967296 then -1
                     else 0 end
         end as xid
  from next cross join unnest($1::bigint[]) as asked (xid)
)
select asked,
       case when xid >= next then 'in progress' else coalesce(pg_xact_status(xid::text::xid8), 'too old') end as status
from widened`;

/** `too old`: the server has forgotten how it ended, so it ended long ago and every snapshot contains it. */
const VISIBLE: ReadonlySet<string> = new Set(['committed', 'too old']);

const TRANSACTION = /^\d{1,18}$/;

/**
 * Of the transactions named, those whose effects a snapshot taken from now on contains, in one statement.
 *
 * @param transactions decimal transaction ids as change events carry them; anything else is never proven
 * @returns without aborted ones: the log never names those, so the id belongs to another history of the server
 * @throws SqlReadError
 */
export async function visibleAmong(query: Query, transactions: readonly string[]): Promise<ReadonlySet<string>> {
  const named = new Map(transactions.filter((id) => TRANSACTION.test(id)).map((id) => [id, String(BigInt(id))]));
  if (named.size === 0) return new Set();
  const rows = await query(VISIBILITY, [`{${[...new Set(named.values())].join(',')}}`]);
  const visible = new Set(rows.filter(({ status }) => VISIBLE.has(status ?? '')).map(({ asked }) => asked));
  return new Set([...named].filter(([, asked]) => visible.has(asked)).map(([id]) => id));
}

/** As `visibleAmong`, for one. @throws SqlReadError */
export const isVisible = async (query: Query, transaction: string): Promise<boolean> =>
  (await visibleAmong(query, [transaction])).has(transaction);

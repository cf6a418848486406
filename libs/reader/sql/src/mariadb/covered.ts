import type { Query } from '../sql-pool.ts';

/** `domain-server-sequence` */
const MARIADB_GTID = /^(\d{1,10})-\d{1,10}-(\d{1,20})$/;
/** `server:transaction`, the server perhaps with a tag */
const MYSQL_GTID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::[a-z_]\w{0,31})?:\d{1,19}$/i;

/**
 * Of the transactions named, those that are in the server's binary log or that it has applied as a replica. Such a one
 * holds the locks of its rows until everybody can see what it wrote: a locking read of a row comes behind it.
 *
 * @param transactions GTIDs as change events carry them; anything else is never proven
 * @throws SqlReadError
 */
export const coveredAmong = (
  query: Query,
  kind: 'mariadb' | 'mysql',
  transactions: readonly string[],
): Promise<ReadonlySet<string>> =>
  kind === 'mysql' ? executedAmong(query, transactions) : loggedAmong(query, transactions);

async function loggedAmong(query: Query, transactions: readonly string[]): Promise<ReadonlySet<string>> {
  const named = new Map(transactions.flatMap((gtid) => (MARIADB_GTID.test(gtid) ? [[gtid, positionOf(gtid)]] : [])));
  if (named.size === 0) return new Set();
  const [answer] = await query('select @@global.gtid_binlog_pos as logged, @@global.gtid_slave_pos as replicated');
  const reached = new Map<string, bigint>();
  for (const gtid of [answer?.['logged'], answer?.['replicated']].flatMap((list) => list?.split(',') ?? [])) {
    if (!MARIADB_GTID.test(gtid.trim())) continue;
    const { domain, sequence } = positionOf(gtid.trim());
    if (sequence > (reached.get(domain) ?? -1n)) reached.set(domain, sequence);
  }
  const isReached = ({ domain, sequence }: Position): boolean => sequence <= (reached.get(domain) ?? -1n);
  return new Set([...named].filter(([, position]) => isReached(position)).map(([gtid]) => gtid));
}

async function executedAmong(query: Query, transactions: readonly string[]): Promise<ReadonlySet<string>> {
  const named = [...new Set(transactions.filter((gtid) => MYSQL_GTID.test(gtid)))];
  if (named.length === 0) return new Set();
  const asked = named.map((_, n) => `gtid_subset(?, @@global.gtid_executed) as c${n}`).join(', ');
  const [answer] = await query(`select ${asked}`, named);
  return new Set(named.filter((_, n) => answer?.[`c${n}`] === '1'));
}

/** Where a transaction stands in its domain, whose transactions are numbered in the order of the log. */
interface Position {
  readonly domain: string;
  readonly sequence: bigint;
}

function positionOf(gtid: string): Position {
  const [, domain = '', sequence = '0'] = MARIADB_GTID.exec(gtid) ?? [];
  return { domain, sequence: BigInt(sequence) };
}

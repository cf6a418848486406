import type { SqlPool } from '../sql-pool.ts';

/** Replicas are read-only, or else nobody can tell. @throws SqlReadError */
export async function isMariadbPrimary(pool: Pick<SqlPool, 'query'>): Promise<boolean> {
  const [answer] = await pool.query('select @@global.read_only as replica');
  return answer?.['replica'] === '0' || answer?.['replica'] === 'OFF';
}

import type { SqlPool } from './sql-pool.ts';

/** Whether the server is a primary, not a replica that may lag behind one. @throws SqlReadError */
export async function isPrimary(pool: Pick<SqlPool, 'query'>): Promise<boolean> {
  const [answer] = await pool.query('select pg_is_in_recovery() as replica');
  return answer?.['replica'] === 'f';
}

import { catalog } from '@hybridge/definitions';
import type { ClientBase } from 'pg';

/** Rows of all tables in PostgreSQL that have a view: as many changes as a first load of them makes. */
export async function countRows(sql: ClientBase): Promise<number> {
  const tables = catalog.tables.filter(({ source }) => source.kind === 'postgres');
  const counts = tables.map((table) => `(SELECT count(*) FROM "${table.schema}"."${table.table}")`).join(' + ');
  const { rows } = await sql.query<{ rows: string }>(`SELECT ${counts} AS rows`);
  return Number(rows[0]?.rows);
}

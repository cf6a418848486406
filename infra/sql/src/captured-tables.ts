import type { Catalog } from '@hybridge/views';
import { SqlSetupError } from './errors.ts';
import { quotedTable } from './quoted.ts';
import type { Session } from './session.ts';

/** Hybridge's own table, captured with the others. */
export const INBOX_TABLE = 'public.hybridge_inbox';

/** Tables that the views of a catalog need of one source. A catalog of one source needs no `source`. */
export const tablesOf = (catalog: Catalog, source?: string): Catalog['tables'] =>
  catalog.tables.filter((table) => source === undefined || table.source.name === source);

/** @throws SqlSetupError `HYBRIDGE_SQL_TABLE_MISSING` naming every table that is not there */
export async function assertTablesExist(session: Session, names: readonly string[]): Promise<void> {
  const { rows } = await session.query<{ name: string }>(
    'SELECT name FROM unnest($1::text[], $2::text[]) AS wanted (name, quoted) WHERE to_regclass(quoted) IS NULL',
    [names, names.map(quotedTable)],
  );
  if (rows.length === 0) return;
  const missing = rows.map(({ name }) => name).join(', ');
  throw new SqlSetupError(
    'HYBRIDGE_SQL_TABLE_MISSING',
    `The database has no ${missing}: run the migrations, or take the table out of the definitions.`,
  );
}

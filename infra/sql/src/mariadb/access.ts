import type { AccessOptions } from '../access.ts';
import { SqlSetupError } from '../errors.ts';
import { SqlRole } from '../rights.ts';
import { usedTables } from '../used-tables.ts';
import {
  type Grant,
  databaseGrant,
  grantStatement,
  revokeStatement,
  serverGrants,
  tableGrants,
  without,
} from './grants.ts';
import { type MariadbSession, withMariadbLock } from './session.ts';

export type MariadbAccessOptions = Required<AccessOptions>;

/**
 * Gives the users exactly what the definitions need of a source in MariaDB or MySQL. What is missing is given before what is
 * too much is taken, as the server cannot do both at once: apps that run never miss a right.
 * @throws SqlSetupError `HYBRIDGE_SQL_TABLE_MISSING`
 */
export const ensureMariadbAccess = ({ url, catalog, source }: MariadbAccessOptions): Promise<void> =>
  withMariadbLock(url, async (session) => {
    const inbox = catalog.inboxOf(source);
    const tables = usedTables(catalog, source);
    const names = [...tables.map(({ name }) => name), inbox];
    await assertTablesExist(session, names);
    const databases = [...new Set(names.map(databaseOf))];
    const needed = tableGrants(tables, inbox);
    const present = await presentGrants(session, databases);
    for (const statement of [
      ...serverGrants(),
      ...databases.map(databaseGrant),
      ...without(needed, present).map(grantStatement),
      ...without(present, needed).map(revokeStatement),
    ]) {
      await session.run(statement);
    }
  });

const databaseOf = (table: string): string => table.slice(0, table.indexOf('.'));

async function assertTablesExist({ rows }: MariadbSession, names: readonly string[]): Promise<void> {
  const found = await rows<{ name: string }>(
    `SELECT concat(table_schema, '.', table_name) AS name FROM information_schema.tables WHERE table_schema IN (?)`,
    [names.map(databaseOf)],
  );
  const missing = names.filter((name) => !found.some((table) => table.name === name));
  if (missing.length === 0) return;
  throw new SqlSetupError(
    'HYBRIDGE_SQL_TABLE_MISSING',
    `The server has no ${missing.join(', ')}: run the migrations, or take the table out of the definitions.`,
  );
}

/** `'name'@'%'` of each user, as the server writes it. */
const grantees = Object.values(SqlRole).map((user) => ({ user, grantee: `'${user}'@'%'` }));

async function presentGrants({ rows }: MariadbSession, databases: string[]): Promise<readonly Grant[]> {
  const users = grantees.map(({ grantee }) => grantee);
  const found = await rows<{ grantee: string; tbl: string; privilege: string; col: string | null }>(
    `SELECT grantee, concat(table_schema, '.', table_name) AS tbl, privilege_type AS privilege, NULL AS col
       FROM information_schema.table_privileges WHERE grantee IN (?) AND table_schema IN (?)
     UNION ALL
     SELECT grantee, concat(table_schema, '.', table_name), privilege_type, column_name
       FROM information_schema.column_privileges WHERE grantee IN (?) AND table_schema IN (?)`,
    [users, databases, users, databases],
  );
  return found.flatMap(({ grantee, tbl, privilege, col }) => {
    const user = grantees.find((known) => known.grantee === grantee)?.user;
    return user === undefined ? [] : [{ user, table: tbl, privilege, column: col ?? undefined }];
  });
}

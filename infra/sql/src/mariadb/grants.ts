import { SqlRole, rightsOf } from '../rights.ts';
import type { UsedTable } from '../used-tables.ts';
import { quotedName, quotedTable } from './quoted.ts';

/** One right of one user in one table, as the server lists them. */
export interface Grant {
  readonly user: SqlRole;
  /** `database.table` */
  readonly table: string;
  readonly privilege: string;
  /** Undefined: the whole table. */
  readonly column: string | undefined;
}

/** What the connector needs of the server: to read the binlog as a replica does, and to stop writers for an instant. */
export const serverGrants = (): readonly string[] => [
  `GRANT REPLICATION SLAVE, REPLICATION CLIENT, RELOAD ON *.* TO ${SqlRole.capture}@'%'`,
];

/** For servers that refuse the lock over all tables, as managed ones do. */
export const databaseGrant = (database: string): string =>
  `GRANT LOCK TABLES ON ${quotedName(database)}.* TO ${SqlRole.capture}@'%'`;

/** Everything the users need in the tables of a source. */
export const tableGrants = (tables: readonly UsedTable[], inbox: string): readonly Grant[] => [
  ...tables.flatMap(grantsIn),
  ...bothRead(inbox),
  { user: SqlRole.app, table: inbox, privilege: 'INSERT', column: undefined },
  ...ofColumns(inbox, 'UPDATE', ['signal', 'image', 'at']),
];

function grantsIn({ name, views, targets }: UsedTable): readonly Grant[] {
  const rights = rightsOf(views, targets);
  return [
    ...(rights.captured ? bothRead(name) : []),
    ...ofColumns(name, 'SELECT', rights.read),
    ...ofColumns(name, 'UPDATE', rights.update),
    ...ofColumns(name, 'INSERT', rights.insert),
    ...(rights.delete ? [{ user: SqlRole.app, table: name, privilege: 'DELETE', column: undefined }] : []),
  ];
}

const bothRead = (table: string): readonly Grant[] =>
  Object.values(SqlRole).map((user) => ({ user, table, privilege: 'SELECT', column: undefined }));

const ofColumns = (table: string, privilege: string, columns: readonly string[]): readonly Grant[] =>
  columns.map((column) => ({ user: SqlRole.app, table, privilege, column }));

/** What is in the first list and not in the second. */
export function without(grants: readonly Grant[], others: readonly Grant[]): readonly Grant[] {
  const known = new Set(others.map(grantKey));
  return grants.filter((grant) => !known.has(grantKey(grant)));
}

const grantKey = ({ user, table, privilege, column }: Grant): string =>
  JSON.stringify([user, table, privilege.toUpperCase(), column?.toLowerCase()]);

export const grantStatement = (grant: Grant): string => `GRANT ${wordsOf(grant)} TO ${grant.user}@'%'`;

export const revokeStatement = (grant: Grant): string => `REVOKE ${wordsOf(grant)} FROM ${grant.user}@'%'`;

const wordsOf = ({ privilege, column, table }: Grant): string =>
  `${privilege}${column === undefined ? '' : ` (${quotedName(column)})`} ON ${quotedTable(table)}`;

import type { RightRequest } from '../right-request.ts';
import type { Session, TextRow } from './session.ts';

/** Rights of users, as the server lists them: of the server, a database, a table or a column. */
const PRIVILEGES = `
select grantee, privilege_type as privilege, null as \`schema\`, null as \`table\`, null as col
from information_schema.user_privileges where grantee in (?)
union all select grantee, privilege_type, table_schema, null, null
from information_schema.schema_privileges where grantee in (?)
union all select grantee, privilege_type, table_schema, table_name, null
from information_schema.table_privileges where grantee in (?)
union all select grantee, privilege_type, table_schema, table_name, column_name
from information_schema.column_privileges where grantee in (?)`;

export interface UserRights {
  /** Of those asked for. */
  readonly users: readonly string[];
  /** Rights over the server, `<user> <right>`. */
  readonly ofServer: readonly string[];
  /** Those that are missing, with the columns that are. */
  missing<R extends RightRequest>(requests: readonly R[]): readonly R[];
}

/** What users may do from any host. Needs the right to see others' rights, as an administrator has. @throws SchemaReadError */
export async function readUserRights(session: Session, names: readonly string[]): Promise<UserRights> {
  const grantees = names.map((name) => `'${name}'@'%'`);
  const rows = await session.query(PRIVILEGES, [grantees, grantees, grantees, grantees]);
  const userOf = ({ grantee }: TextRow): string => names[grantees.indexOf(grantee ?? '')] ?? '';
  const has = (request: RightRequest, column: string | undefined): boolean =>
    rows.some(
      (row) =>
        userOf(row) === request.role &&
        row['privilege']?.toUpperCase() === request.privilege &&
        fits(row['schema'], request.schema) &&
        fits(row['table'], request.table) &&
        fits(row['col'], column),
    );
  return {
    users: names.filter((name) => rows.some((row) => userOf(row) === name)),
    ofServer: rows.filter((row) => row['schema'] === null).map((row) => `${userOf(row)} ${row['privilege']}`),
    missing: (requests) =>
      requests.flatMap((request) => {
        if (request.columns === undefined) return has(request, undefined) ? [] : [request];
        const columns = request.columns.filter((column) => !has(request, column));
        return columns.length === 0 ? [] : [{ ...request, columns }];
      }),
  };
}

/** A right over the whole is one over each part. */
const fits = (granted: string | null | undefined, asked: string | undefined): boolean =>
  granted == null || granted === asked;

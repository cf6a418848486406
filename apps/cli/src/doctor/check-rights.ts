import type { PostgresReader, RightRequest, Role } from '@hybridge/reader-schema';
import { INBOX_APP_COLUMNS, SqlRole, type UsedTable, rightsOf } from '@hybridge/setup';
import { sqlIdentifier, sqlTable } from '../schema/sql-text.ts';
import { type Finding, error, when } from './finding.ts';

/** What the roles must be allowed in the tables and the inbox of a source. */
export const rightsNeeded = (tables: readonly UsedTable[], inbox: string): readonly RightRequest[] => [
  ...tables.flatMap(({ name, views, targets }) => {
    const rights = rightsOf(views, targets);
    return [
      ...(rights.captured ? [right(SqlRole.capture, name, 'SELECT'), right(SqlRole.app, name, 'SELECT')] : []),
      ...ofColumns(name, 'SELECT', rights.read),
      ...ofColumns(name, 'UPDATE', rights.update),
      ...ofColumns(name, 'INSERT', rights.insert),
      ...(rights.delete ? [right(SqlRole.app, name, 'DELETE')] : []),
    ];
  }),
  right(SqlRole.capture, inbox, 'SELECT'),
  right(SqlRole.app, inbox, 'SELECT'),
  right(SqlRole.app, inbox, 'INSERT'),
  ...ofColumns(inbox, 'UPDATE', INBOX_APP_COLUMNS),
];

const right = (role: string, name: string, privilege: RightRequest['privilege']): RightRequest => {
  const [schema = '', table = ''] = name.split('.');
  return { role, schema, table, privilege };
};

const ofColumns = (
  name: string,
  privilege: RightRequest['privilege'],
  columns: readonly string[],
): readonly RightRequest[] => (columns.length === 0 ? [] : [{ ...right(SqlRole.app, name, privilege), columns }]);

type RightsReader = Pick<PostgresReader, 'roles' | 'missingRights' | 'rowSecurity'>;

/** @throws SchemaReadError */
export async function checkRights(
  source: string,
  reader: RightsReader,
  needed: readonly RightRequest[],
): Promise<readonly Finding[]> {
  const roles = await reader.roles(Object.values(SqlRole));
  const known = needed.filter(({ role }) => roles.some(({ name }) => name === role));
  const tables = [...new Set(needed.map(({ schema, table }) => `${schema}.${table}`))];
  const hidden = await reader.rowSecurity(tables);
  return [
    ...Object.values(SqlRole)
      .filter((role) => !roles.some(({ name }) => name === role))
      .map((role) =>
        error(source, [
          'rights.role',
          `there is no role ${role}`,
          'run infra/sql (INFRA_SQL_URL=…), and give it a password',
        ]),
      ),
    ...roles.flatMap((role) => checkRole(source, role, hidden)),
    ...(await reader.missingRights(known)).map(missingRight),
  ];
}

const checkRole = (source: string, role: Role, hidden: readonly string[]): readonly Finding[] => [
  ...when(!role.canLogin, () =>
    error(source, ['rights.login', `role ${role.name} may not log in`, `ALTER ROLE ${role.name} LOGIN PASSWORD '…'`]),
  ),
  ...when(role.name === SqlRole.capture && !role.canReplicate, () =>
    error(source, [
      'rights.replication',
      `role ${role.name} may not read the log`,
      `ALTER ROLE ${role.name} REPLICATION -- on RDS: GRANT rds_replication TO ${role.name}`,
    ]),
  ),
  ...when(hidden.length > 0 && !role.bypassesRowSecurity, () =>
    error(source, [
      'rights.row-security',
      `row security may hide rows of ${hidden.join(', ')} from ${role.name}, which would seem to be deleted`,
      `ALTER ROLE ${role.name} BYPASSRLS`,
    ]),
  ),
];

function missingRight({ role, schema, table, privilege, columns }: RightRequest): Finding {
  const name = `${schema}.${table}`;
  const list = columns === undefined ? '' : ` (${columns.map(sqlIdentifier).join(', ')})`;
  return error(name, [
    'rights.missing',
    `${role} may not ${privilege}${list}, or not use schema ${schema}`,
    `GRANT USAGE ON SCHEMA ${sqlIdentifier(schema)} TO ${role}; GRANT ${privilege}${list} ON ${sqlTable(name)} TO ${role}`,
  ]);
}

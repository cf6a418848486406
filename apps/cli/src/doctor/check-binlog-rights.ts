import type { RightRequest, UserRights } from '@hybridge/reader-schema';
import { SqlRole } from '@hybridge/setup';
import { binlogIdentifier } from '../schema/sql-text.ts';
import { type Finding, error } from './finding.ts';

/** What the connector needs of the server. MariaDB calls the second one BINLOG MONITOR. */
const SERVER_RIGHTS: readonly (readonly string[])[] = [
  ['REPLICATION SLAVE'],
  ['REPLICATION CLIENT', 'BINLOG MONITOR'],
  ['RELOAD'],
];

/** What the users of a MariaDB or MySQL source lack. */
export function checkBinlogRights(
  source: string,
  { users, ofServer, missing }: UserRights,
  needed: readonly RightRequest[],
): readonly Finding[] {
  const lacking = SERVER_RIGHTS.filter(
    (names) => !names.some((name) => ofServer.includes(`${SqlRole.capture} ${name}`)),
  );
  return [
    ...Object.values(SqlRole)
      .filter((user) => !users.includes(user))
      .map((user) =>
        error(source, [
          'rights.role',
          `there is no user ${user}@'%', or the user of --sql-url may not see it`,
          'run infra/sql (INFRA_SQL_URL=…), and give it a password',
        ]),
      ),
    ...(users.includes(SqlRole.capture) && lacking.length > 0
      ? [
          error(source, [
            'rights.replication',
            `${SqlRole.capture} may not read the log (${lacking.map(([name]) => name).join(', ')})`,
            `GRANT ${lacking.map(([name]) => name).join(', ')} ON *.* TO ${SqlRole.capture}@'%'`,
          ]),
        ]
      : []),
    ...missing(needed.filter(({ role }) => users.includes(role))).map(missingRight),
  ];
}

function missingRight({ role, schema, table, privilege, columns }: RightRequest): Finding {
  const list = columns === undefined ? '' : ` (${columns.map(binlogIdentifier).join(', ')})`;
  return error(`${schema}.${table}`, [
    'rights.missing',
    `${role} may not ${privilege}${list}`,
    `GRANT ${privilege}${list} ON ${binlogIdentifier(schema)}.${binlogIdentifier(table)} TO ${role}@'%'`,
  ]);
}

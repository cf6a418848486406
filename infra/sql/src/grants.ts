import type { AnyView, SideTarget } from '@hybridge/views';
import { quotedTable, quotedName } from './quoted.ts';
import { SqlRole, rightsOf } from './rights.ts';

/**
 * The statements that leave the roles with exactly what the views of a table need.
 * @param targets what changes of other rows write in this table
 */
export function grantsFor(
  table: string,
  views: readonly AnyView[],
  targets: readonly SideTarget[] = [],
): readonly string[] {
  const name = quotedTable(table);
  const rights = rightsOf(views, targets);
  const ofColumns = (privilege: string, columns: readonly string[]): readonly string[] =>
    columns.length === 0
      ? []
      : [`GRANT ${privilege} (${columns.map(quotedName).join(', ')}) ON ${name} TO ${SqlRole.app}`];
  return [
    `GRANT USAGE ON SCHEMA ${quotedName(table.split('.')[0] as string)} TO ${SqlRole.capture}, ${SqlRole.app}`,
    `REVOKE ALL ON ${name} FROM ${SqlRole.capture}, ${SqlRole.app}`,
    ...(rights.captured ? [`GRANT SELECT ON ${name} TO ${SqlRole.capture}, ${SqlRole.app}`] : []),
    ...ofColumns('SELECT', rights.read),
    ...ofColumns('UPDATE', rights.update),
    ...ofColumns('INSERT', rights.insert),
    ...(rights.delete ? [`GRANT DELETE ON ${name} TO ${SqlRole.app}`] : []),
  ];
}

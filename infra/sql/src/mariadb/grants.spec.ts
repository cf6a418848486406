import { column, createCatalog, int4, notNull, source, table, text, view, writes } from '@hybridge/views';
import { SqlRole } from '../rights.ts';
import { usedTables } from '../used-tables.ts';
import { type Grant, grantStatement, revokeStatement, tableGrants, without } from './grants.ts';

const stock = source('stock', 'mariadb');
const columns = { id: notNull(int4()), note: notNull(text()), times: notNull(int4()) };
const shelves = table({ source: stock, name: 'stock`room.shelves', primaryKey: ['id'], columns });
const moves = table({ source: stock, name: 'stock`room.moves', primaryKey: ['id'], columns });
const inbox = 'stock`room.hybridge_inbox';

const shelvesView = view('shelves', {
  table: shelves,
  key: { pk: ['s', column('id')], sk: ['SHELF'] },
  attributes: { id: 'id', note: 'note' },
  changes: {
    allow: ['note'],
    policy: 'sql-wins',
    delete: true,
    also: { to: [writes(moves, { insert: ['note'], update: ['times'] })], of: () => [] },
  },
});

const grants = tableGrants(usedTables(createCatalog([shelvesView]), 'stock'), inbox);
const shown = (user: SqlRole, tableName: string): readonly string[] =>
  grants
    .filter((grant) => grant.user === user && grant.table === tableName)
    .map(({ privilege, column: name }) => (name === undefined ? privilege : `${privilege} ${name}`));

describe('rights in MariaDB', () => {
  it('let the connector read the tables of views and the inbox, and nothing else', () => {
    expect(shown(SqlRole.capture, shelves.name)).toEqual(['SELECT']);
    expect(shown(SqlRole.capture, moves.name)).toEqual([]);
    expect(shown(SqlRole.capture, inbox)).toEqual(['SELECT']);
  });

  it('let the apps change what customers may, and what their changes write besides', () => {
    expect(shown(SqlRole.app, shelves.name)).toEqual(['SELECT', 'UPDATE note', 'DELETE']);
    expect(shown(SqlRole.app, moves.name)).toEqual(['SELECT id', 'UPDATE times', 'INSERT note']);
    expect(shown(SqlRole.app, inbox)).toEqual(['SELECT', 'INSERT', 'UPDATE signal', 'UPDATE image', 'UPDATE at']);
  });

  it('are given and taken with every name quoted', () => {
    const grant: Grant = { user: SqlRole.app, table: shelves.name, privilege: 'UPDATE', column: 'no`te' };
    expect(grantStatement(grant)).toBe("GRANT UPDATE (`no``te`) ON `stock``room`.`shelves` TO hybridge_app@'%'");
    expect(revokeStatement({ ...grant, column: undefined })).toBe(
      "REVOKE UPDATE ON `stock``room`.`shelves` FROM hybridge_app@'%'",
    );
  });

  it('that are there already are neither given again nor taken', () => {
    const asTheServerLists = grants.map((grant) => ({ ...grant, column: grant.column?.toUpperCase() }));
    expect(without(grants, asTheServerLists)).toEqual([]);
    const foreign: Grant = { user: SqlRole.app, table: shelves.name, privilege: 'INSERT', column: undefined };
    expect(without([...asTheServerLists, foreign], grants)).toEqual([foreign]);
  });
});

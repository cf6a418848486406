import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Finding, diagnoseSource } from '@hybridge/cli';
import { SqlRole, ensureMariadbAccess, migrateMariadb } from '@hybridge/infra-sql';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import type { Catalog, Source } from '@hybridge/views';
import { type Connection, type RowDataPacket, createConnection } from 'mysql2/promise';
import { type DefinitionsFolder, definitionsFolder, hybridge } from './generated-definitions.ts';

const SCHEMA = `
  CREATE TABLE warehouses (code varchar(10) PRIMARY KEY, name varchar(80) NOT NULL COMMENT 'As on the door');
  INSERT INTO warehouses VALUES ('ams', 'Amsterdam'), ('rtm', 'Rotterdam');
  CREATE TABLE inventory (
    warehouse varchar(10) NOT NULL, sku int unsigned NOT NULL, on_hand int NOT NULL DEFAULT 0, is_open boolean NOT NULL,
    price decimal(12,4), ratio double, size enum('s','m'), tags set('a','b'), counted_at timestamp NULL, due datetime,
    photo mediumblob, details json, opens time, since year, bits bit(9), flag bit(1), uid uuid, share float,
    double_stock int AS (on_hand * 2) STORED, place point,
    PRIMARY KEY (warehouse, sku), CONSTRAINT fk_warehouse FOREIGN KEY (warehouse) REFERENCES warehouses (code)
  ) COMMENT 'What lies where';
  CREATE TABLE no_key (a int, b varchar(20) UNIQUE);
  CREATE TABLE unique_only (code int NOT NULL UNIQUE);
  CREATE TABLE in_memory (id int PRIMARY KEY) ENGINE = MEMORY;
  CREATE TABLE old_engine (id int PRIMARY KEY) ENGINE = MyISAM;
  CREATE TABLE visits (id int PRIMARY KEY, ip inet6);
  CREATE TABLE packed (id int PRIMARY KEY, doc text COMPRESSED NOT NULL DEFAULT 'none');
  CREATE TABLE suppliers (
    id int PRIMARY KEY, name varchar(80), street varchar(80), city varchar(80), phone varchar(20), mail text, note text
  );
  CREATE TABLE deliveries (
    supplier int NOT NULL, size enum('s','m') NOT NULL, number varchar(20) COLLATE utf8mb4_general_ci NOT NULL, at datetime,
    PRIMARY KEY (size, number), CONSTRAINT fk_supplier FOREIGN KEY (supplier) REFERENCES suppliers (id)
  );
  CREATE TABLE parts (id int, at date, PRIMARY KEY (id, at)) PARTITION BY HASH (id) PARTITIONS 3;
  CREATE VIEW low AS SELECT * FROM inventory WHERE on_hand < 3;
`;

describe('hybridge init and doctor on MariaDB', () => {
  let stack: LocalStack;
  let admin: Connection;
  let folder: DefinitionsFolder;
  let catalog: Catalog;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free', components: ['mariadb'] });
    const uri = stack.endpoints.mariadb.url.replace(/^mariadb:/, 'mysql:');
    admin = await createConnection({ uri, multipleStatements: true });
    await admin.query(SCHEMA);
    folder = definitionsFolder();
  });

  afterAll(async () => {
    folder?.[Symbol.dispose]();
    await admin?.end();
    await stack?.stop();
  });

  it('writes definitions that compile, and says why of what it leaves out', async () => {
    const { url, database } = stack.endpoints.mariadb;
    const { code, out, err } = await hybridge([
      ...['init', '--sql-url', `stock=${url}`, '--out', folder.at('stock'), '--json'],
    ]);
    expect([code, err]).toEqual([0, '']);
    const { views, refused } = JSON.parse(out) as {
      views: { name: string; table: string; key: unknown; index?: string; leftOut: { name: string }[] }[];
      refused: { relation: string; fix: string }[];
    };
    expect(await folder.problems('stock')).toBe('');
    expect(views.map(({ name }) => name)).toEqual(['deliveries', 'inventory', 'parts', 'suppliers', 'warehouses']);
    expect(views[0]).toMatchObject({ index: 'bySupplier' });
    expect(views[1]).toMatchObject({
      table: `${database}.inventory`,
      key: { pk: 'w1#WAREHOUSE#{warehouse}', sk: 'INVENTORY#{sku}' },
    });
    expect(views[1]?.leftOut.map(({ name }) => name)).toEqual(['double_stock', 'place']);
    expect(refused.map(({ relation }) => relation)).toEqual(
      ['in_memory', 'low', 'no_key', 'old_engine', 'packed', 'unique_only', 'visits'].map(
        (name) => `${database}.${name}`,
      ),
    );
    const fixes = refused.flatMap(({ relation, fix }) => (/packed|visits|old_engine/.test(relation) ? [fix] : []));
    expect(fixes).toEqual([
      `ALTER TABLE ${database}.old_engine ENGINE = InnoDB`,
      `ALTER TABLE ${database}.packed MODIFY doc text NOT NULL DEFAULT 'none'`,
      `ALTER TABLE ${database}.visits MODIFY ip varchar(45)`,
    ]);
    const tables = readFileSync(path.join(folder.at('stock'), 'tables/stock.ts'), 'utf8').replaceAll('\n// ', ' ');
    for (const note of [
      'FLOAT has six digits, as the server prints it: share.',
      'A zero date (0000-00-00) is NULL in counted_at and due.',
      'Of since the year 0 is 2000',
      'A zero date (0000-00-00) is 1970-01-01 in at.',
      'SQL compares number without regard to case',
      'size is in the key by name',
    ]) {
      expect(tables).toContain(note);
    }
    catalog = await folder.catalog('stock');
    expect(catalog.sources).toMatchObject([{ name: 'stock', kind: 'mariadb' }]);
    expect(catalog.indexes).toMatchObject([{ name: 'bySupplier' }]);
    for (const fix of fixes) await admin.query(fix);
    expect((await hybridge(['init', '--sql-url', url, '--out', folder.at('mended'), '--json'])).out).toContain(
      'oldEngine',
    );
  });

  const findings = (): Promise<readonly Finding[]> =>
    diagnoseSource({ catalog, source: catalog.sources[0] as Source, url: stack.endpoints.mariadb.url });
  const checks = async (): Promise<readonly string[]> => (await findings()).map(({ check }) => check);

  it('names what a fresh database lacks, and nothing once infra/sql has run', async () => {
    expect(await checks()).toEqual(expect.arrayContaining(['inbox.missing', 'rights.role']));
    const { url } = stack.endpoints.mariadb;
    await migrateMariadb({ url, passwords: { [SqlRole.app]: 'a', [SqlRole.capture]: 'c' } });
    await ensureMariadbAccess({ url, catalog, source: 'stock' });
    expect(await findings()).toEqual([]);
  });

  /** Where a fix is also a line for a file, or a change of the definition. */
  const statementIn = (fix: string): string => (fix.split('; and ')[0] ?? '').replace(/^.* in the definition, or /, '');

  it.each([
    ['statements in the log', "SET GLOBAL binlog_format = 'MIXED'", 'binlog.binlog-format'],
    ['parts of rows in the log', "SET GLOBAL binlog_row_image = 'MINIMAL'", 'binlog.binlog-row-image'],
    [
      'one position for all of a transaction',
      'SET GLOBAL binlog_legacy_event_pos = OFF',
      'binlog.binlog-legacy-event-pos',
    ],
    ['GTIDs that may go back', 'SET GLOBAL gtid_strict_mode = OFF', 'binlog.gtid-strict-mode'],
    ['a log behind its data', 'SET GLOBAL sync_binlog = 0', 'binlog.sync'],
    ['tables without transactions', 'ALTER TABLE parts ENGINE = MyISAM', 'table.engine'],
    ['a column that would stop the connector', 'ALTER TABLE warehouses ADD ip inet4', 'table.unreadable'],
    ['a column that may be NULL', 'ALTER TABLE warehouses MODIFY name varchar(80)', 'column.nullable'],
    [
      'rows that a foreign key deletes',
      `ALTER TABLE deliveries DROP FOREIGN KEY fk_supplier;
       ALTER TABLE deliveries ADD CONSTRAINT fk_supplier FOREIGN KEY (supplier) REFERENCES suppliers (id) ON DELETE CASCADE`,
      'table.cascade',
    ],
    ['a log that is short', 'SET GLOBAL binlog_expire_logs_seconds = 3600', 'binlog.life'],
    ['a right missing', `REVOKE SELECT ON inventory FROM hybridge_app@'%'`, 'rights.missing'],
    ['a right of a column missing', `REVOKE UPDATE (image) ON hybridge_inbox FROM hybridge_app@'%'`, 'rights.missing'],
    [
      'capture that may not replicate',
      `REVOKE REPLICATION SLAVE ON *.* FROM hybridge_capture@'%'`,
      'rights.replication',
    ],
  ])('finds %s, and its fix mends it', async (_, breaking, check) => {
    await admin.query(breaking);
    const found = await findings();
    expect(found.map((one) => one.check)).toEqual([check]);
    for (const { fix } of found) await admin.query(statementIn(fix));
    expect(await findings()).toEqual([]);
  });

  it.each([
    [
      'another type',
      'ALTER TABLE warehouses MODIFY name blob NOT NULL',
      'ALTER TABLE warehouses MODIFY name varchar(80) NOT NULL',
      'column.type',
    ],
    [
      'a column gone',
      'ALTER TABLE inventory RENAME COLUMN due TO until',
      'ALTER TABLE inventory RENAME COLUMN until TO due',
      'column.missing',
    ],
    [
      'another key',
      'ALTER TABLE parts DROP PRIMARY KEY, ADD PRIMARY KEY (id)',
      'ALTER TABLE parts DROP PRIMARY KEY, ADD PRIMARY KEY (id, at)',
      'table.key',
    ],
  ])('finds %s', async (_, breaking, mending, check) => {
    await admin.query(breaking);
    expect(await checks()).toEqual([check]);
    await admin.query(mending);
    expect(await findings()).toEqual([]);
  });

  it('has no word in its log of rows that a foreign key deletes', async () => {
    await admin.query(`
      CREATE TABLE above (id int PRIMARY KEY); INSERT INTO above VALUES (1);
      CREATE TABLE below (id int PRIMARY KEY, above int, FOREIGN KEY (above) REFERENCES above (id) ON DELETE CASCADE);
      INSERT INTO below VALUES (1, 1); FLUSH BINARY LOGS; DELETE FROM above`);
    const [status] = await admin.query<RowDataPacket[]>('SHOW BINLOG STATUS');
    const [events] = await admin.query<RowDataPacket[]>('SHOW BINLOG EVENTS IN ?', [status[0]?.['File']]);
    const infos = (type: RegExp) =>
      events.flatMap((one) => (type.test(String(one['Event_type'])) ? [String(one['Info'])] : []));
    const ids = infos(/^Delete_rows/).map((info) => info.match(/table_id: \d+/)?.[0]);
    const deleted = infos(/^Table_map/).filter((info) => ids.some((id) => info.startsWith(`${id} `)));
    expect(deleted).toEqual([expect.stringContaining('.above')]);
    const [left] = await admin.query('SELECT * FROM below');
    expect(left).toEqual([]);
    await admin.query('DROP TABLE below, above');
  });

  it('warns of XA once it was used', async () => {
    await admin.query("XA START 'x'; XA END 'x'; XA ROLLBACK 'x'");
    expect(await findings()).toMatchObject([{ severity: 'warning', check: 'binlog.xa' }]);
  });
});

import { type Finding, diagnoseSource } from '@hybridge/cli';
import { SqlRole, ensureMariadbAccess, migrateMariadb } from '@hybridge/infra-sql';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import type { Catalog, Source } from '@hybridge/views';
import { type Connection, createConnection } from 'mysql2/promise';
import { type DefinitionsFolder, definitionsFolder, hybridge } from './generated-definitions.ts';

const SCHEMA = `
  CREATE TABLE warehouses (code varchar(10) PRIMARY KEY, name varchar(80) NOT NULL COMMENT 'As on the door');
  INSERT INTO warehouses VALUES ('ams', 'Amsterdam'), ('rtm', 'Rotterdam');
  CREATE TABLE inventory (
    warehouse varchar(10) NOT NULL, sku int unsigned NOT NULL, on_hand int NOT NULL DEFAULT 0, is_open boolean NOT NULL,
    price decimal(12,4), ratio double, size enum('s','m'), tags set('a','b'), counted_at timestamp NULL, due datetime,
    photo mediumblob, details json, opens time, since year, bits bit(9), flag bit(1), uid uuid, ip inet6,
    double_stock int AS (on_hand * 2) STORED, place point,
    PRIMARY KEY (warehouse, sku), CONSTRAINT fk_warehouse FOREIGN KEY (warehouse) REFERENCES warehouses (code)
  ) COMMENT 'What lies where';
  CREATE TABLE no_key (a int, b varchar(20) UNIQUE);
  CREATE TABLE unique_only (code int NOT NULL UNIQUE);
  CREATE TABLE in_memory (id int PRIMARY KEY) ENGINE = MEMORY;
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
      views: { name: string; table: string; key: unknown; leftOut: { name: string }[] }[];
      refused: { relation: string }[];
    };
    expect(await folder.problems('stock')).toBe('');
    expect(views.map(({ name }) => name)).toEqual(['inventory', 'parts', 'warehouses']);
    expect(views[0]).toMatchObject({
      table: `${database}.inventory`,
      key: { pk: 'w1#WAREHOUSE#{warehouse}', sk: 'INVENTORY#{sku}' },
    });
    expect(views[0]?.leftOut.map(({ name }) => name)).toEqual(['ip', 'double_stock', 'place']);
    expect(refused.map(({ relation }) => relation)).toEqual(
      ['in_memory', 'low', 'no_key', 'unique_only'].map((name) => `${database}.${name}`),
    );
    catalog = await folder.catalog('stock');
    expect(catalog.sources).toMatchObject([{ name: 'stock', kind: 'mariadb' }]);
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

  it.each([
    ['statements in the log', "SET GLOBAL binlog_format = 'MIXED'", 'binlog.binlog-format'],
    ['parts of rows in the log', "SET GLOBAL binlog_row_image = 'MINIMAL'", 'binlog.binlog-row-image'],
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
    for (const { fix } of found) await admin.query(fix.split('; and ')[0] ?? '');
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
});

/** Tables in MariaDB with every kind of constraint, a trigger of every kind, and names that need quotes. */
import { ensureMariadbAccess } from '@hybridge/infra-sql';
import { type ConnectedChangeSink, connectChangeSink } from '@hybridge/sink-sql';
import {
  type AnyView,
  column,
  createCatalog,
  keyOfRow,
  mariadb,
  notNull,
  nullable,
  source,
  table,
  view,
} from '@hybridge/views';
import { type MariadbDatabase, startMariadb } from './mariadb-database.ts';
import { change, targetOf } from './test-database.ts';

const SCHEMA = `
  CREATE TABLE plans (id int PRIMARY KEY);
  INSERT INTO plans VALUES (1), (2);
  CREATE TABLE \`Odd "\`\`accounts\` (
    id bigint PRIMARY KEY,
    \`e-mail "x\` varchar(100) COLLATE utf8mb4_general_ci,
    balance decimal(40, 10) CHECK (balance >= 0),
    plan int,
    note varchar(100) NOT NULL DEFAULT 'made by SQL',
    code varchar(5),
    kind enum('a', 'b'),
    born date,
    touched int NOT NULL DEFAULT 0,
    UNIQUE KEY \`mail's\` (\`e-mail "x\`),
    UNIQUE KEY mail_once (\`e-mail "x\`, plan),
    CONSTRAINT plan_exists FOREIGN KEY (plan) REFERENCES plans (id)
  );
  CREATE TABLE effects (account bigint, note varchar(100));
  CREATE TRIGGER guard BEFORE UPDATE ON \`Odd "\`\`accounts\` FOR EACH ROW
    IF NEW.note = 'forbidden' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a secret stays here';
    ELSE SET NEW.touched = OLD.touched + 1; END IF;
  CREATE TRIGGER note_effect AFTER UPDATE ON \`Odd "\`\`accounts\` FOR EACH ROW INSERT INTO effects VALUES (NEW.id, NEW.note);
  CREATE TABLE names (name varchar(40) COLLATE utf8mb4_general_ci PRIMARY KEY, city varchar(40));
  CREATE TRIGGER shout BEFORE INSERT ON names FOR EACH ROW
    IF NEW.city = 'loud' THEN SET NEW.name = upper(NEW.name); END IF;
`;

const test = source('test', 'mariadb');
export const accounts: AnyView = view('accounts', {
  table: table({
    source: test,
    name: 'stockroom.Odd "`accounts',
    primaryKey: ['id'],
    columns: {
      id: notNull(mariadb.bigint()),
      'e-mail "x': nullable(mariadb.varchar()),
      balance: nullable(mariadb.decimal()),
      plan: nullable(mariadb.int()),
      note: notNull(mariadb.varchar()),
      code: nullable(mariadb.varchar()),
      kind: nullable(mariadb.enumeration()),
      born: nullable(mariadb.date()),
      touched: notNull(mariadb.int()),
    },
  }),
  key: { pk: ['a1', column('id')], sk: ['ACCOUNT'] },
  attributes: {
    ...({ id: 'id', email: 'e-mail "x', balance: 'balance', plan: 'plan', note: 'note', code: 'code' } as const),
    ...({ kind: 'kind', born: 'born', touched: 'touched' } as const),
  },
  changes: {
    allow: ['email', 'balance', 'plan', 'note', 'code', 'kind', 'born'],
    ...{ policy: 'sql-wins', insert: true, delete: true },
  },
});
const names: AnyView = view('names', {
  table: table({
    source: test,
    name: 'stockroom.names',
    primaryKey: ['name'],
    columns: { name: notNull(mariadb.varchar()), city: nullable(mariadb.varchar()) },
  }),
  key: { pk: ['n1', column('name')], sk: ['NAME'] },
  attributes: { name: 'name', city: 'city' },
  changes: { allow: ['city'], policy: 'sql-wins', insert: true, delete: true },
});

export const ACCOUNTS = '`Odd "``accounts`';
export const text = (value: string) => ({ S: value });
export const target = (id: number | string) => targetOf(accounts, id);
export const nameTarget = (name: string) => {
  const keyRow = { name: text(name) };
  return { view: names, keyRow, itemKey: keyOfRow(names, keyRow) };
};
/** A change of the note of an account. */
export const update = (note: string, base = 'first') => change('u', { note: text(note) }, { note: text(base) });

export async function startAccounts(): Promise<MariadbDatabase> {
  const database = await startMariadb();
  await database.query(SCHEMA);
  const catalog = createCatalog([accounts, names]);
  await ensureMariadbAccess({ url: database.adminUrl, catalog, source: 'test' });
  return database;
}

interface SinkOptions {
  readonly max?: number;
  readonly lockTimeoutMs?: number;
  /** Default where the server listens. */
  readonly port?: number;
}

/** A sink as the writeback has it. */
export const connectTo = (database: MariadbDatabase, { port, ...options }: SinkOptions = {}): ConnectedChangeSink =>
  connectChangeSink({
    ...{ source: test, url: database.appUrl(port), applicationName: 'hybridge-writeback' },
    ...options,
  });

/** Before each test: two accounts, no effects, no answers. */
export async function fillAccounts(database: MariadbDatabase): Promise<void> {
  for (const name of [ACCOUNTS, 'effects', 'names', 'hybridge_inbox']) await database.query(`DELETE FROM ${name}`);
  await database.query(
    `INSERT INTO ${ACCOUNTS} (id, \`e-mail "x\`, balance, plan, note) VALUES
     (1, 'one@example.org', 10, 1, 'first'), (2, 'two@example.org', 20, 2, 'second')`,
  );
}

/** What happened to an account, once for each effect. */
export const effectsOf = (database: MariadbDatabase, id: number) =>
  database.query('SELECT note FROM effects WHERE account = ?', [id]);

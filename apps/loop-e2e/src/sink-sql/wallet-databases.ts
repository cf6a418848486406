import { SqlRole, ensureAccess, ensureMariadbAccess } from '@hybridge/infra-sql';
import { type ChangeSink, type ConnectedChangeSink, connectChangeSink } from '@hybridge/sink-sql';
import { type Catalog, type Source, source } from '@hybridge/views';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { startMariadb } from './mariadb-database.ts';
import { startTestDatabase } from './test-database.ts';
import { MARIADB_WALLETS, POSTGRES_WALLETS } from './wallets-schema.ts';
import type { WalletDatabase } from './wallets.ts';

/** Sinks that end with their database. */
function sinksOf(url: string, of: Source) {
  const sinks: ConnectedChangeSink[] = [];
  return {
    sink: (): ChangeSink => {
      const sink = connectChangeSink({ url, source: of, applicationName: 'hybridge-writeback' });
      sinks.push(sink);
      return sink;
    },
    end: async () => {
      for (const sink of sinks) await sink[Symbol.asyncDispose]();
    },
  };
}

export async function openPostgres(catalog: Catalog): Promise<WalletDatabase> {
  const database = await startTestDatabase();
  const appUrl = database.adminUrl.replace(/\/\/[^@]*@/, `//${SqlRole.app}:${SqlRole.app}@`);
  const { sink, end } = sinksOf(appUrl, source('test', 'postgres'));
  const sessions: pg.Client[] = [];
  const session: WalletDatabase['session'] = async () => {
    const client = new pg.Client(database.adminUrl);
    sessions.push(client);
    client.on('error', () => undefined);
    await client.connect();
    return (text) => client.query(text);
  };
  await database.query(POSTGRES_WALLETS);
  return {
    query: (text) => database.query(text),
    ...{ sink, session },
    asApp: async (text) => void (await database.pool({ max: 1 }).query(text)),
    grant: () => ensureAccess({ url: database.adminUrl, catalog, source: 'test' }),
    revoke: async () => void (await database.query(`REVOKE ALL ON wallets FROM ${SqlRole.app}`)),
    async transactionsOf(task) {
      const [next] = await database.query('SELECT pg_snapshot_xmax(pg_current_snapshot()) AS xid');
      await task();
      const written = ['wallets', 'moves', 'totals', 'hybridge_inbox'].map((name) => `SELECT xmin FROM ${name}`);
      const [count] = await database.query(
        `SELECT count(DISTINCT xmin::text) FROM (${written.join(' UNION ALL ')}) x WHERE xmin::text::bigint >= $1`,
        [next?.['xid']],
      );
      return Number(count?.['count']);
    },
    isWaiting: async () => (await database.query('SELECT 1 AS one FROM pg_locks WHERE NOT granted')).length > 0,
    async [Symbol.asyncDispose]() {
      await end();
      for (const client of sessions) await client.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

export async function openMariadb(catalog: Catalog): Promise<WalletDatabase> {
  const database = await startMariadb();
  const { sink, end } = sinksOf(database.appUrl(), source('test', 'mariadb'));
  await database.query(MARIADB_WALLETS);
  return {
    query: (text) => database.query(text),
    sink,
    session: async () => {
      const connection = await database.connect();
      return (text) => connection.query(text);
    },
    async asApp(text) {
      const connection = await createConnection({ uri: database.appUrl().replace(/^mariadb:/, 'mysql:') });
      await connection.query(text).finally(() => connection.end());
    },
    grant: () => ensureMariadbAccess({ url: database.adminUrl, catalog, source: 'test' }),
    revoke: async () =>
      void (await database.query(`REVOKE ALL PRIVILEGES ON ${database.database}.wallets FROM ${SqlRole.app}@'%'`)),
    async transactionsOf(task) {
      const logged = async () =>
        Number((await database.query('SELECT @@gtid_binlog_pos AS logged'))[0]?.['logged']?.split('-')[2]);
      const before = await logged();
      await task();
      return (await logged()) - before;
    },
    isWaiting: async () =>
      (await database.query(`SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'`))[0]?.['Value'] !== '0',
    async [Symbol.asyncDispose]() {
      await end();
      await database[Symbol.asyncDispose]();
    },
  };
}

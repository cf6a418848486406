import { readFile } from 'node:fs/promises';
import { Umzug, type UmzugStorage } from 'umzug';
import { SqlSetupError } from '../errors.ts';
import type { MigrateOptions } from '../migrate.ts';
import { packagePath } from '../package-files.ts';
import { SqlRole } from '../rights.ts';
import { type MariadbSession, withMariadbLock } from './session.ts';

/**
 * Brings Hybridge's own objects (users, inbox) of a MariaDB or MySQL server up to date; the inbox is in the database of the
 * URL. Each file of `migrations/mariadb/` runs once, in order; what ran is remembered in `hybridge_migrations`.
 * A user made without a password is locked until one is given.
 * @returns the names of the files that ran now; empty when there was nothing to do
 * @throws SqlSetupError `HYBRIDGE_SQL_MIGRATION_FAILED` naming the file, which may have run in part and can run again
 */
export const migrateMariadb = ({ url, passwords = {} }: MigrateOptions): Promise<{ applied: readonly string[] }> =>
  withMariadbLock(url, async (session) => {
    const applied = await migrations(session).up();
    for (const user of Object.values(SqlRole)) await ensureUser(session, user, passwords[user]);
    return { applied: applied.map(({ name }) => name) };
  });

async function ensureUser({ run }: MariadbSession, user: SqlRole, password: string | undefined): Promise<void> {
  await run("CREATE USER IF NOT EXISTS ?@'%' ACCOUNT LOCK", [user]);
  if (password !== undefined) await run("ALTER USER ?@'%' IDENTIFIED BY ? ACCOUNT UNLOCK", [user, password]);
}

const migrations = (session: MariadbSession): Umzug<MariadbSession> =>
  new Umzug({
    migrations: {
      glob: ['*.sql', { cwd: packagePath('migrations', 'mariadb') }],
      resolve: ({ name, path }) => ({ name, up: () => runFile(session, name, path as string) }),
    },
    context: session,
    storage: rememberIn(session),
    logger: undefined,
  });

async function runFile(session: MariadbSession, name: string, path: string): Promise<void> {
  const sql = (await readFile(path, 'utf8')).replaceAll('{exact-collation}', exactCollation(session));
  try {
    await session.run(sql);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new SqlSetupError('HYBRIDGE_SQL_MIGRATION_FAILED', `Migration ${name} failed: ${problem}`, { cause });
  }
}

/** Compares byte by byte, trailing spaces too. */
const exactCollation = ({ isMariadb }: MariadbSession): string =>
  isMariadb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';

const rememberIn = ({ run, rows }: MariadbSession): UmzugStorage => ({
  async executed() {
    await run(`CREATE TABLE IF NOT EXISTS hybridge_migrations (
      name varchar(255) PRIMARY KEY, applied_at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)) ENGINE = InnoDB`);
    return (await rows<{ name: string }>('SELECT name FROM hybridge_migrations ORDER BY name')).map(({ name }) => name);
  },
  logMigration: ({ name }) => run('INSERT INTO hybridge_migrations (name) VALUES (?)', [name]),
  async unlogMigration() {
    throw new Error('Migrations only go forward: write a new one.');
  },
});

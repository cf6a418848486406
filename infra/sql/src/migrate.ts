import { readFile } from 'node:fs/promises';
import { Umzug, type UmzugStorage } from 'umzug';
import { SqlSetupError } from './errors.ts';
import { packagePath } from './package-files.ts';
import { quotedName } from './quoted.ts';
import type { SqlRole } from './rights.ts';
import { type Session, inTransaction, withSetupLock } from './session.ts';

export interface MigrateOptions {
  /** URL of an administrator of the source database. */
  readonly url: string;
  /** Passwords to give to the roles; a role left out keeps its own. */
  readonly passwords?: Partial<Record<SqlRole, string>>;
}

/**
 * Brings Hybridge's own objects in the source database (roles, inbox) up to date. Each file of `migrations/postgres/` runs once, in
 * order, in its own transaction; what ran is remembered in `hybridge_migrations`.
 * @returns the names of the files that ran now; empty when there was nothing to do
 * @throws SqlSetupError `HYBRIDGE_SQL_MIGRATION_FAILED` naming the file; nothing of that file stays
 */
export const migrate = ({ url, passwords = {} }: MigrateOptions): Promise<{ readonly applied: readonly string[] }> =>
  withSetupLock(url, async (session) => {
    const applied = await migrations(session).up();
    for (const [role, password] of Object.entries(passwords)) {
      await session.query(`ALTER ROLE ${quotedName(role)} PASSWORD ${session.escapeLiteral(password)}`);
    }
    return { applied: applied.map(({ name }) => name) };
  });

const migrations = (session: Session): Umzug<Session> =>
  new Umzug({
    migrations: {
      glob: ['*.sql', { cwd: packagePath('migrations', 'postgres') }],
      resolve: ({ name, path }) => ({ name, up: () => runFile(session, name, path as string) }),
    },
    context: session,
    storage: rememberIn(session),
    logger: undefined,
  });

async function runFile(session: Session, name: string, path: string): Promise<void> {
  const sql = await readFile(path, 'utf8');
  try {
    await inTransaction(session, async () => {
      await session.query(sql);
      await session.query('INSERT INTO public.hybridge_migrations (name) VALUES ($1)', [name]);
    });
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new SqlSetupError('HYBRIDGE_SQL_MIGRATION_FAILED', `Migration ${name} failed: ${problem}`, { cause });
  }
}

/** A migration is logged in its own transaction, so nothing is left for `logMigration` to do. */
const rememberIn = (session: Session): UmzugStorage => ({
  async executed() {
    await session.query(`CREATE TABLE IF NOT EXISTS public.hybridge_migrations (
      name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await session.query<{ name: string }>('SELECT name FROM public.hybridge_migrations ORDER BY name');
    return rows.map(({ name }) => name);
  },
  async logMigration() {},
  async unlogMigration() {
    throw new Error('Migrations only go forward: write a new one.');
  },
});

import { SqlRole, migrate } from '@hybridge/infra-sql';
import { startStack } from '@hybridge/local-stack';
import type { Attributes, PendingChange } from '@hybridge/protocol';
import { type ChangeTarget, type SqlPool, createSqlPool } from '@hybridge/sink-sql';
import {
  type AnyView,
  bool,
  bytea,
  column,
  date,
  float8,
  int4,
  int8,
  jsonb,
  keyOfRow,
  notNull,
  nullable,
  numeric,
  source,
  table,
  text,
  timestamp,
  timestamptz,
  uuid,
  view,
} from '@hybridge/views';
import pg from 'pg';

/** One table with every column type, every kind of constraint, and names that need quotes. */
const SCHEMA = `
  CREATE TABLE plans (id int PRIMARY KEY);
  INSERT INTO plans VALUES (1), (2);

  CREATE TABLE "Odd ""accounts" (
    id bigint PRIMARY KEY,
    "e-mail ""x" text UNIQUE,
    balance numeric(40, 10) CONSTRAINT balance_not_negative CHECK (balance >= 0),
    plan int CONSTRAINT plan_exists REFERENCES plans DEFERRABLE INITIALLY DEFERRED,
    note text NOT NULL DEFAULT 'made by SQL',
    active boolean,
    data jsonb,
    bytes bytea,
    born date,
    seen timestamptz,
    local timestamp,
    ratio float8,
    code varchar(5),
    uid uuid,
    touched int NOT NULL DEFAULT 0
  );

  -- what happened to rows, once for each effect
  CREATE TABLE effects (account bigint, operation text, note text);

  CREATE FUNCTION note_effect() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO effects VALUES (coalesce(NEW.id, OLD.id), TG_OP, NEW.note);
    IF TG_OP = 'UPDATE' THEN
      UPDATE "Odd ""accounts" SET touched = touched + 1 WHERE id = NEW.id;
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER note_effect AFTER INSERT OR UPDATE OR DELETE ON "Odd ""accounts"
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION note_effect();

  CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.note = 'forbidden' THEN RAISE EXCEPTION 'secret of % stays here', NEW."e-mail ""x"; END IF;
    IF NEW.note = 'ignored' THEN RETURN NULL; END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER guard BEFORE UPDATE ON "Odd ""accounts" FOR EACH ROW EXECUTE FUNCTION guard();

  CREATE FUNCTION finish() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE "Odd ""accounts" SET code = 'late' WHERE id = NEW.id;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER finish AFTER UPDATE ON "Odd ""accounts" DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.note = 'deferred' AND NEW.code IS NULL) EXECUTE FUNCTION finish();

  GRANT SELECT, INSERT, UPDATE, DELETE ON "Odd ""accounts" TO hybridge_app;
`;

const accountsTable = table({
  source: source('test', 'postgres'),
  name: 'public.Odd "accounts',
  primaryKey: ['id'],
  columns: {
    id: notNull(int8()),
    'e-mail "x': nullable(text()),
    balance: nullable(numeric()),
    plan: nullable(int4()),
    note: notNull(text()),
    active: nullable(bool()),
    data: nullable(jsonb()),
    bytes: nullable(bytea()),
    born: nullable(date()),
    seen: nullable(timestamptz()),
    local: nullable(timestamp()),
    ratio: nullable(float8()),
    code: nullable(text()),
    uid: nullable(uuid()),
    touched: notNull(int4()),
  },
});

const attributes = {
  id: 'id',
  email: 'e-mail "x',
  balance: 'balance',
  plan: 'plan',
  note: 'note',
  active: 'active',
  data: 'data',
  bytes: 'bytes',
  born: 'born',
  seen: 'seen',
  local: 'local',
  ratio: 'ratio',
  code: 'code',
  uid: 'uid',
  touched: 'touched',
} as const;

const allow = [
  ...(['email', 'balance', 'plan', 'note', 'active', 'data', 'bytes', 'born'] as const),
  ...(['seen', 'local', 'ratio', 'code', 'uid'] as const),
];

export const accounts: AnyView = view('accounts', {
  table: accountsTable,
  key: { pk: ['a1', column('id')], sk: ['ACCOUNT'] },
  attributes,
  changes: { allow, policy: 'sql-wins', insert: true, delete: true },
});

/** A row of a view whose key is an id. */
export const targetOf = (of: AnyView, id: number | bigint | string): ChangeTarget => {
  const keyRow = { id: { N: String(id) } };
  return { view: of, keyRow, itemKey: keyOfRow(of, keyRow) };
};

export const target = (id: number | bigint | string): ChangeTarget => targetOf(accounts, id);

let changeCount = 0;

/** A change with an id of its own. */
export const change = (
  op: PendingChange['op'],
  set: Attributes,
  base: Attributes = {},
  more: Partial<PendingChange> = {},
): PendingChange => ({
  id: `change-${String(++changeCount).padStart(6, '0')}`,
  n: 1,
  op,
  set,
  base,
  baseVersion: '',
  at: Date.now(),
  by: 'customer:1',
  ...more,
});

export interface TestDatabase extends AsyncDisposable {
  readonly adminUrl: string;
  /** As the administrator; values as PostgreSQL writes them. */
  query(text: string, values?: readonly unknown[]): Promise<Record<string, string | null>[]>;
  /** Where the server listens. */
  readonly port: number;
  /** A pool as the writeback has it, through another port if one is given. The database ends it. */
  pool(options?: { readonly max?: number; readonly lockTimeoutMs?: number; readonly port?: number }): SqlPool;
}

/** A real PostgreSQL with Hybridge's migrations and the table above. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const stack = await startStack({ form: 'native', components: ['postgres'], ports: 'free' });
  const { url, host, port, database } = stack.endpoints.postgres;
  const pools: SqlPool[] = [];
  const admin = new pg.Pool({
    connectionString: url,
    max: 4,
    types: { getTypeParser: () => (value: string) => value },
  });
  admin.on('error', () => undefined);
  await migrate({ url, passwords: { [SqlRole.app]: SqlRole.app } });
  await admin.query(SCHEMA);
  return {
    adminUrl: url,
    port,
    query: async (text, values = []) => (await admin.query(text, [...values])).rows as Record<string, string | null>[],
    pool({ port: other = port, ...options } = {}) {
      const pool = createSqlPool({
        url: `postgres://${SqlRole.app}:${SqlRole.app}@${host}:${other}/${database}`,
        applicationName: 'hybridge-writeback',
        ...options,
      });
      pools.push(pool);
      return pool;
    },
    async [Symbol.asyncDispose]() {
      for (const pool of pools) await pool[Symbol.asyncDispose]();
      await admin.end();
      await stack.stop();
    },
  };
}

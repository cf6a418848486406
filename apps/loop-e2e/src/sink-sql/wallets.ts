/** One table under every policy, with generated columns, triggers, and tables its changes also write. */
import { ensureAccess } from '@hybridge/infra-sql';
import type { Attributes, PendingChange } from '@hybridge/protocol';
import { createChangeSink } from '@hybridge/sink-sql';
import {
  type AnyView,
  column,
  createCatalog,
  int4,
  int8,
  notNull,
  nullable,
  numeric,
  table,
  text,
  view,
  writes,
} from '@hybridge/views';
import { type TestDatabase, change, startTestDatabase } from './test-database.ts';

const WALLETS = `
  CREATE TABLE wallets (
    id bigint PRIMARY KEY,
    owner text NOT NULL,
    city text NOT NULL,
    cents bigint NOT NULL,
    euros numeric GENERATED ALWAYS AS (cents / 100.0) STORED,
    initial text GENERATED ALWAYS AS (upper(left(owner, 1))) STORED,
    rev int NOT NULL DEFAULT 0,
    stamp text
  );
  CREATE TABLE moves (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    wallet bigint NOT NULL,
    city text NOT NULL CONSTRAINT somewhere CHECK (city <> 'Nowhere'),
    by_change text UNIQUE
  );
  CREATE TABLE totals (city text PRIMARY KEY, last_wallet bigint NOT NULL);

  CREATE FUNCTION stamp_before() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN NEW.stamp := 'before'; RETURN NEW; END $$;
  CREATE TRIGGER stamp_before BEFORE INSERT OR UPDATE ON wallets FOR EACH ROW EXECUTE FUNCTION stamp_before();

  -- RETURNING would not show what this one does
  CREATE FUNCTION stamp_after() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN UPDATE wallets SET stamp = 'after', cents = cents + 1 WHERE id = NEW.id; RETURN NULL; END $$;
  CREATE TRIGGER stamp_after AFTER UPDATE OF owner ON wallets FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION stamp_after();
`;

const wallets = table({
  source: 'test',
  name: 'public.wallets',
  primaryKey: ['id'],
  columns: {
    id: notNull(int8()),
    owner: notNull(text()),
    city: notNull(text()),
    cents: notNull(int8()),
    euros: nullable(numeric()),
    initial: nullable(text()),
    rev: notNull(int4()),
    stamp: nullable(text()),
  },
});
const movesTable = table({
  source: 'test',
  name: 'public.moves',
  primaryKey: ['id'],
  columns: {
    id: notNull(int8()),
    wallet: notNull(int8()),
    city: notNull(text()),
    by_change: nullable(text()),
  },
});
const totalsTable = table({
  source: 'test',
  name: 'public.totals',
  primaryKey: ['city'],
  columns: { city: notNull(text()), last_wallet: notNull(int8()) },
});

const moves = writes(movesTable, { insert: ['wallet', 'city', 'by_change'] });
const totals = writes(totalsTable, { update: ['last_wallet'], delete: true });

const attributes = {
  ...({ id: 'id', owner: 'owner', city: 'city', cents: 'cents' } as const),
  ...({ euros: 'euros', initial: 'initial', rev: 'rev', stamp: 'stamp' } as const),
} as const;
const allow = ['owner', 'city', 'cents'] as const;
const keyOf = (prefix: string) => ({ pk: [prefix, column('id')], sk: ['WALLET'] }) as const;

const plain = { table: wallets, attributes } as const;
const everything = { allow, insert: true, delete: true } as const;

export const views = {
  merging: view('merging', { ...plain, key: keyOf('m1'), changes: { ...everything } }),
  mixed: view('mixed', { ...plain, key: keyOf('x1'), changes: { ...everything, fields: { city: 'customer-wins' } } }),
  partial: view('partial', { ...plain, key: keyOf('q1'), changes: { ...everything, partial: true } }),
  strict: view('strict', { ...plain, key: keyOf('s1'), changes: { ...everything, scope: 'row' } }),
  versioned: view('versioned', { ...plain, key: keyOf('v1'), changes: { ...everything, version: 'rev' } }),
  upserting: view('upserting', {
    ...plain,
    key: keyOf('u1'),
    changes: { allow, policy: 'customer-wins', upsert: true },
  }),
  first: view('first', {
    ...plain,
    attributes: { id: 'id', owner: 'owner', city: 'city', cents: 'cents', euros: 'euros', stamp: 'stamp' },
    primary: 'dynamodb',
    key: keyOf('d1'),
    changes: { allow },
  }),
  ruled: view('ruled', {
    ...plain,
    key: keyOf('r1'),
    changes: {
      ...everything,
      decide: ({ op, current, base, set }) => {
        if (op === 'delete' || set.cents === undefined) return { apply: set };
        const cents = BigInt(current.cents) + BigInt(set.cents) - BigInt(base.cents ?? '0');
        return cents < 0n
          ? { reject: { code: 'OVERDRAWN', message: 'There is not that much in it.' } }
          : { apply: { cents: String(cents) } };
      },
    },
  }),
  moving: view('moving', {
    ...plain,
    key: keyOf('w1'),
    changes: {
      ...everything,
      also: {
        to: [moves, totals],
        of: ({ op, id, before, after }) => {
          if (op === 'delete') return [totals.delete({ city: before?.city ?? '' })];
          if (after === undefined || before?.city === after.city) return [];
          return [
            moves.insert({ wallet: after.id, city: after.city, by_change: id }),
            totals.update({ city: after.city }, { last_wallet: after.id }),
          ];
        },
      },
    },
  }),
  forging: view('forging', {
    ...plain,
    key: keyOf('f1'),
    changes: {
      ...everything,
      also: { to: [moves], of: () => [{ target: totals, op: 'delete', key: { city: 'Leiden' }, set: {} }] },
    },
  }),
} satisfies Record<string, AnyView>;

export const walletCatalog = createCatalog(Object.values(views));

/** A change with an id of its own; `n` says how many pending changes it stands on, plus one. */
export const walletChange = (op: PendingChange['op'], set: Attributes, base: Attributes = {}, n = 1): PendingChange =>
  change(op, set, base, { n });

/** A database with the tables and the rights that the views need, and a sink on it. */
export async function startWallets() {
  const database = await startTestDatabase();
  try {
    await database.query(WALLETS);
    await ensureAccess({ url: database.adminUrl, catalog: walletCatalog });
    return { database, sink: createChangeSink({ pool: database.pool() }) };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** Before each test: no rows, and no answers. */
export const emptyWallets = (database: TestDatabase) =>
  database.query('TRUNCATE wallets, moves, totals, hybridge_inbox');

export const walletRow = async (database: TestDatabase, id = 1) =>
  (await database.query('SELECT * FROM wallets WHERE id = $1', [id]))[0];

export const answerRow = async (database: TestDatabase, changeId: string) =>
  (await database.query('SELECT * FROM hybridge_inbox WHERE change_id = $1', [changeId]))[0] as Record<string, string>;

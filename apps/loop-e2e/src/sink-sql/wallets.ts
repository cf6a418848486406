/** One table under every policy, on both kinds of database, with generated columns, triggers, and tables its changes also write. */
import type { Attributes, PendingChange } from '@hybridge/protocol';
import type { ChangeSink } from '@hybridge/sink-sql';
import {
  type AnyView,
  column,
  createCatalog,
  int4,
  int8,
  notNull,
  nullable,
  numeric,
  source,
  table,
  text,
  view,
  writes,
} from '@hybridge/views';
import { change } from './test-database.ts';
import { openMariadb, openPostgres } from './wallet-databases.ts';

export type WalletKind = 'postgres' | 'mariadb';

/** The tables, in the schema or database they are in. */
const tablesOf = (kind: WalletKind) => {
  const test = source('test', kind);
  const schema = { postgres: 'public', mariadb: 'stockroom' }[kind];
  return {
    wallets: table({
      source: test,
      name: `${schema}.wallets`,
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
    }),
    moves: table({
      source: test,
      name: `${schema}.moves`,
      primaryKey: ['id'],
      columns: {
        id: notNull(int8()),
        wallet: notNull(int8()),
        city: notNull(text()),
        by_change: nullable(text()),
      },
    }),
    totals: table({
      source: test,
      name: `${schema}.totals`,
      primaryKey: ['city'],
      columns: { city: notNull(text()), last_wallet: notNull(int8()) },
    }),
  };
};

const attributes = {
  ...({ id: 'id', owner: 'owner', city: 'city', cents: 'cents' } as const),
  ...({ euros: 'euros', initial: 'initial', rev: 'rev', stamp: 'stamp' } as const),
} as const;
const allow = ['owner', 'city', 'cents'] as const;
const keyOf = (prefix: string) => ({ pk: [prefix, column('id')], sk: ['WALLET'] }) as const;

const everything = { allow, insert: true, delete: true } as const;

export const walletViews = (kind: WalletKind) => {
  const tables = tablesOf(kind);
  const plain = { table: tables.wallets, attributes } as const;
  const moves = writes(tables.moves, { insert: ['wallet', 'city', 'by_change'] });
  const totals = writes(tables.totals, { update: ['last_wallet'], delete: true });
  return {
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
};

/** A change with an id of its own; `n` says how many pending changes it stands on, plus one. */
export const walletChange = (op: PendingChange['op'], set: Attributes, base: Attributes = {}, n = 1): PendingChange =>
  change(op, set, base, { n });

/** A database with the tables and the rights that the views need. */
export interface WalletDatabase extends AsyncDisposable {
  /** As the administrator; values as the database writes them. */
  query(text: string): Promise<Record<string, string | null>[]>;
  /** What the app's user may do, or else the server's number or state of the error. */
  asApp(text: string): Promise<void>;
  /** A sink with connections of its own. The database ends them. */
  sink(): ChangeSink;
  /** Sets the rights of the app's user as the views need them. */
  grant(): Promise<void>;
  /** Takes what the app's user may do with the wallets. */
  revoke(): Promise<void>;
  /** How many transactions a task makes; nobody else may write meanwhile. */
  transactionsOf(task: () => Promise<unknown>): Promise<number>;
  /** Whether some statement waits for a lock. */
  isWaiting(): Promise<boolean>;
  /** A connection of the administrator's own. The database ends it. */
  session(): Promise<(text: string) => Promise<unknown>>;
}

export const walletDatabases: readonly (readonly [name: string, kind: WalletKind])[] = [
  ['PostgreSQL', 'postgres'],
  ['MariaDB', 'mariadb'],
];

export async function startWallets(kind: WalletKind): Promise<WalletDatabase> {
  const database = await { postgres: openPostgres, mariadb: openMariadb }[kind](
    createCatalog(Object.values(walletViews(kind))),
  );
  try {
    await database.grant();
    return database;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** Before each test: no rows, and no answers. */
export async function emptyWallets(database: WalletDatabase): Promise<void> {
  for (const name of ['wallets', 'moves', 'totals', 'hybridge_inbox']) await database.query(`TRUNCATE TABLE ${name}`);
}

export const walletRow = async (database: WalletDatabase, id = 1) =>
  (await database.query(`SELECT * FROM wallets WHERE id = ${id}`))[0];

export const answerRow = async (database: WalletDatabase, changeId: string) =>
  (await database.query(`SELECT * FROM hybridge_inbox WHERE change_id = '${changeId}'`))[0] as Record<string, string>;

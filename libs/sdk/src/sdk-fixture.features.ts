/** What the specs of this lib stand on: two views of one collection, a SQL of a few rows, a store in memory. */
import { type OutcomeKind, carryOut, decideSettle, number, text } from '@hybridge/protocol';
import { type RowReader, SqlReadError } from '@hybridge/reader-sql';
import {
  type MemoryItemReads,
  createMemoryItemReads,
  createMemoryItemStore,
  settleSignal,
  testContext,
} from '@hybridge/testkit';
import {
  type Row,
  attribute,
  column,
  createCatalog,
  int4,
  int8,
  keyFromParts,
  keyOfRow,
  notNull,
  nullable,
  numeric,
  source,
  table,
  text as textColumn,
  timestamptz,
  view,
  shapeOf,
} from '@hybridge/views';
import { type Hybridge, type HybridgeOptions, createHybridge } from './hybridge.ts';
import type { ItemReads } from './item-reads.ts';

export const accounts = view('accounts', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.accounts',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), owner: notNull(textColumn()) },
  }),
  key: { pk: ['a1', 'ACCOUNT', column('id')], sk: ['ACCOUNT'] },
  attributes: { id: 'id', owner: 'owner' },
  changes: { allow: ['owner'] },
});

export const notes = view('notes', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.notes',
    primaryKey: ['account', 'label', 'page'],
    columns: {
      account: notNull(int8()),
      label: notNull(textColumn()),
      page: notNull(int8()),
      body: nullable(textColumn()),
    },
  }),
  key: { pk: ['a1', 'ACCOUNT', column('account')], sk: ['NOTE', column('label'), column('page')] },
  attributes: { label: 'label', page: 'page', body: 'body' },
  changes: { allow: ['body'], insert: true, delete: true },
});

export const lazyNotes = view('lazyNotes', {
  table: notes.table,
  key: { pk: ['n1', column('account')], sk: [column('page'), column('label')] },
  attributes: { body: 'body' },
  mode: 'lazy',
});

/** Listed by status, by owner and name, and as overdue. */
export const tasks = view('tasks', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.tasks',
    primaryKey: ['id'],
    columns: {
      id: notNull(int4()),
      owner: notNull(textColumn()),
      name: notNull(textColumn()),
      state: notNull(textColumn()),
      due: nullable(timestamptz()),
      cost: notNull(numeric()),
    },
  }),
  key: { pk: ['t1', 'TASK', column('id')], sk: ['TASK'] },
  attributes: { id: 'id', owner: 'owner', name: 'name', status: 'state', due: 'due', cost: 'cost' },
  changes: { allow: ['status', 'due'] },
  indexes: {
    byStatus: { pk: ['TASKSTATUS', attribute('status')], sk: [attribute('due')] },
    byOwner: { pk: ['TASKOWNER', attribute('owner')], sk: ['N', attribute('name'), attribute('cost')] },
    costly: { pk: ['COSTLY'], sk: [attribute('cost')], where: ({ cost }) => Number(cost) >= 100 },
  },
});

export const accountRow = (id: number, owner = `owner ${id}`): Row => ({ id: number(id), owner: text(owner) });
export const accountKey = (id: number) => keyOfRow(accounts, accountRow(id));
export const noteKey = (account: number, label: string, page: number) =>
  keyOfRow(notes, keyFromParts(notes, [String(account), label, String(page)]));

/** How SQL fails when nobody is there. */
export const sqlDown = (): SqlReadError =>
  new SqlReadError('HYBRIDGE_READER_SQL_UNAVAILABLE', 'connection refused', { cause: undefined });

const nameOf = (keyRow: Row): string =>
  Object.values(keyRow)
    .map((value) => ('N' in value ? value.N : 'S' in value ? value.S : ''))
    .join('|');

/**
 * @param rows by key parts joined with `|`
 * @param readsOf what the SDK is given of the reads
 */
export function setUp(
  rows: Record<string, Row> = {},
  options: HybridgeOptions = {},
  readsOf: (items: MemoryItemReads) => ItemReads = (items) => items,
) {
  const store = createMemoryItemStore();
  const items = createMemoryItemReads(store);
  const context = testContext({ limits: { leaseMs: 40 } }); // fills that cannot be proven give up soon
  /** What SQL was asked, and what it does: rows may be changed, errors thrown, proofs refused. */
  const sql = {
    rows,
    reads: [] as string[],
    failure: undefined as Error | undefined,
    refusal: undefined as SqlReadError | undefined,
    proves: true,
  };
  const reader: RowReader = {
    read: async (_view, keyRow, proof) => {
      sql.reads.push(nameOf(keyRow));
      if (sql.failure !== undefined) throw sql.failure;
      const proven = proof === undefined || sql.proves;
      return { proven, row: proven ? sql.rows[nameOf(keyRow)] : undefined };
    },
    scan: () => {
      throw new Error('not used');
    },
    refusal: () => sql.refusal,
  };
  const catalog = createCatalog([accounts, notes, lazyNotes, tasks]);
  const hybridge: Hybridge = createHybridge({ catalog, items: readsOf(items), store, rows: reader, context }, options);
  const settle = (
    id: string,
    out: OutcomeKind,
    more: Partial<Parameters<typeof settleSignal>[0]> & { readonly account?: number } = {},
  ) => {
    const { account = 7, ...rest } = more;
    const key = accountKey(account);
    const signal = settleSignal({ key, shape: shapeOf(accounts), outcome: { id, out, at: 5 }, ...rest });
    return carryOut(store, key, (seen) => decideSettle(signal, context, seen));
  };
  return { store, items, context, sql, hybridge, settle };
}

/** Rows that live in DynamoDB first: SQL follows, whatever it holds. */
import type { ChangeSink } from '@hybridge/sink-sql';
import { eventually } from '../loop/eventually.ts';
import { targetOf } from './test-database.ts';
import {
  type WalletDatabase,
  answerRow,
  emptyWallets,
  startWallets,
  walletChange,
  walletDatabases,
  walletRow,
  walletViews,
} from './wallets.ts';

const S = (value: string) => ({ S: value });
const N = (value: number) => ({ N: String(value) });
const NULL = { NULL: true } as const;

describe.each(walletDatabases)('changes of rows that live in DynamoDB first, on %s', (_, kind) => {
  const views = walletViews(kind);
  let database: WalletDatabase;
  let sink: ChangeSink;

  beforeAll(async () => {
    database = await startWallets(kind);
    sink = database.sink();
  });
  afterAll(() => database?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    await emptyWallets(database);
    await database.query(`INSERT INTO wallets (id, owner, city, cents, rev) VALUES (1, 'ada', 'Leiden', 500, 7)`);
  });

  const row = (id = 1) => walletRow(database, id);
  const inbox = (id: string) => answerRow(database, id);
  const whole = { owner: S('bo'), city: S('Oss'), cents: N(3) };
  const insert = (id: number) => walletChange('i', { id: N(id), ...whole, euros: NULL, stamp: NULL });

  it('overwrite the row that an insert finds, and nothing the view does not show', async () => {
    const change = insert(1);
    expect(await sink.apply(targetOf(views.first, 1), change)).toEqual({ outcome: 'A', already: false });
    expect(await row()).toMatchObject({ owner: 'bo', city: 'Oss', rev: '7' });
    const answer = await inbox(change.id);
    expect(answer).toMatchObject({ outcome: 'A', policy: 'customer-wins' });
    expect(answer['image']).toContain('"Oss"');
  });

  it('overwrite a row that comes while an insert is under way', async () => {
    const other = await database.session();
    await other('BEGIN');
    try {
      await other(`INSERT INTO wallets (id, owner, city, cents) VALUES (2, 'eve', 'Ede', 9)`);
      const applied = sink.apply(targetOf(views.first, 2), insert(2));
      await eventually('a wait for the other insert', () => database.isWaiting());
      await other('COMMIT');
      expect(await applied).toEqual({ outcome: 'A', already: false });
    } finally {
      await other('ROLLBACK');
    }
    expect(await row(2)).toMatchObject({ owner: 'bo', city: 'Oss' });
  });

  it('make the whole row that an update does not find', async () => {
    const change = walletChange('u', { city: S('Ede') }, { id: N(2), ...whole, euros: NULL, stamp: NULL });
    expect(await sink.apply(targetOf(views.first, 2), change)).toMatchObject({ outcome: 'A' });
    expect(await row(2)).toMatchObject({ owner: 'bo', city: 'Ede', cents: '3' });
    expect((await inbox(change.id))['image']).toContain('"Ede"');
  });

  it('count a deletion that finds no row as applied, and prove nothing by it', async () => {
    const change = walletChange('d', {}, { id: N(2), ...whole });
    const target = targetOf(views.first, 2);
    expect(await sink.apply(target, change)).toEqual({ outcome: 'A', already: false });
    expect(await inbox(change.id)).toMatchObject({ outcome: 'A', code: null, image: null });
    expect(await sink.apply(target, change)).toEqual({ outcome: 'A', already: true });
    const found = walletChange('d', {}, { id: N(1), ...whole });
    expect(await sink.apply(targetOf(views.first, 1), found)).toMatchObject({ outcome: 'A' });
    expect(await row()).toBeUndefined();
    expect((await inbox(found.id))['image']).toBe('{"e": 0}');
  });

  it('are still refused by a constraint, for its own reason', async () => {
    const bad = { ...insert(1), set: { ...insert(1).set, cents: NULL } };
    expect(await sink.apply(targetOf(views.first, 1), bad)).toMatchObject({ outcome: 'R', code: 'NOT_NULL' });
    expect(await row()).toMatchObject({ owner: 'ada' });
  });
});

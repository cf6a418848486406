import type { ChangeSink } from '@hybridge/sink-sql';
import { targetOf } from './test-database.ts';
import {
  type WalletDatabase,
  emptyWallets,
  startWallets,
  walletChange,
  walletDatabases,
  walletViews,
} from './wallets.ts';

const S = (value: string) => ({ S: value });
const N = (value: number) => ({ N: String(value) });

describe.each(walletDatabases)('a change that writes several tables of %s', (_name, kind) => {
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
    await database.query(`INSERT INTO wallets (id, owner, city, cents) VALUES (1, 'ada', 'Leiden', 500)`);
    await database.query(`INSERT INTO totals VALUES ('Leiden', 1), ('Delft', 0), ('Nowhere', 0)`);
  });

  const target = targetOf(views.moving, 1);
  const move = (city: string, from = 'Leiden') => walletChange('u', { city: S(city) }, { city: S(from) });
  const state = async () => ({
    cities: (await database.query('SELECT city FROM wallets ORDER BY id')).map(({ city }) => city),
    moves: (await database.query('SELECT city FROM moves ORDER BY id')).map(({ city }) => city),
    totals: (await database.query('SELECT city, last_wallet FROM totals ORDER BY city')).map((row) =>
      Object.values(row),
    ),
  });
  const untouched = {
    cities: ['Leiden'],
    moves: [],
    totals: [
      ['Delft', '0'],
      ['Leiden', '1'],
      ['Nowhere', '0'],
    ],
  };

  it('writes them in one transaction with the row and the answer, once', async () => {
    const change = move('Delft');
    const apply = async () => expect(await sink.apply(target, change)).toEqual({ outcome: 'A', already: false });
    expect(await database.transactionsOf(apply)).toBe(1);
    expect(await sink.apply(target, change)).toEqual({ outcome: 'A', already: true });
    expect(await state()).toMatchObject({ cities: ['Delft'], moves: ['Delft'] });
    expect((await state()).totals[0]).toEqual(['Delft', '1']);
  });

  it('writes nothing more where the definition asks for nothing', async () => {
    const change = walletChange('u', { cents: N(1) }, { cents: N(500) });
    expect(await sink.apply(target, change)).toMatchObject({ outcome: 'A' });
    expect((await state()).moves).toEqual([]);
  });

  it.each([
    ['a constraint of a further table', 'Nowhere', 'CHECK', /somewhere/],
    ['a row of a further table that is not there', 'Oss', 'MISSING', /\.totals/],
  ])('refuses all of it because of %s', async (_, city, code, message) => {
    const change = move(city);
    const answer = await sink.apply(target, change);
    expect(answer).toMatchObject({ outcome: 'R', code, message: expect.stringMatching(message) });
    expect(await state()).toEqual(untouched);
    expect(await sink.apply(target, change)).toMatchObject({ outcome: 'R', code, already: true });
  });

  it('writes also for inserts and deletes', async () => {
    const insert = walletChange('i', { id: N(2), owner: S('bo'), city: S('Delft'), cents: N(1) });
    expect(await sink.apply(targetOf(views.moving, 2), insert)).toMatchObject({ outcome: 'A' });
    expect(await state()).toMatchObject({ cities: ['Leiden', 'Delft'], moves: ['Delft'] });
    expect(await sink.apply(target, walletChange('d', {}, { city: S('Leiden') }))).toMatchObject({ outcome: 'A' });
    expect((await state()).totals.map(([city]) => city)).toEqual(['Delft', 'Nowhere']);
  });

  it('writes nothing of what the definition does not declare, and records no answer', async () => {
    const forged = move('Delft');
    await expect(sink.apply(targetOf(views.forging, 1), forged)).rejects.toMatchObject({
      name: 'ViewError',
      retry: 'permanent',
      message: expect.stringMatching(/\.totals is not among the tables/),
    });
    expect(await state()).toEqual(untouched);
    expect(await database.query('SELECT * FROM hybridge_inbox')).toEqual([]);
  });

  it('has no rights in SQL beyond what is declared', async () => {
    for (const statement of [
      `UPDATE moves SET city = 'x'`,
      'DELETE FROM moves',
      'SELECT city FROM moves',
      `INSERT INTO totals VALUES ('x', 1)`,
      `UPDATE totals SET city = 'x'`,
      `UPDATE wallets SET stamp = 'x'`,
    ]) {
      await expect(database.asApp(statement)).rejects.toMatchObject({
        code: kind === 'postgres' ? '42501' : expect.stringMatching(/^ER_(?:TABLE|COLUMN)ACCESS_DENIED_ERROR$/),
      });
    }
  });
});

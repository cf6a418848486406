import { parseJson } from '@hybridge/contracts';
import { type ChangeSink, RefusalCode } from '@hybridge/sink-sql';
import { columnsOfView, decodeImageRow, decodeTextRow } from '@hybridge/views';
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

describe.each(walletDatabases)('policies on %s', (_, kind) => {
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
    await database.query(`INSERT INTO totals VALUES ('Leiden', 1), ('Delft', 0)`);
  });

  const row = (id = 1) => walletRow(database, id);
  const inbox = (id: string) => answerRow(database, id);
  const imageOf = async (id: string) => {
    const image = parseJson((await inbox(id))['image'] ?? 'null') as { row: never };
    return decodeImageRow(views.merging.table, columnsOfView(views.merging), image.row);
  };
  /** The item after the answer is settled is this image; the row is what a reader of SQL sees. */
  const expectImageToBeRow = async (id: string) => {
    const image = await imageOf(id);
    const held = Object.entries((await row()) ?? {}).map(([name, value]) => [name, value ?? '']);
    const shown = Object.entries(image).map(([name, value]) => [name, String(Object.values(value)[0])]);
    const decimals = (pairs: unknown[][]) =>
      pairs.map(([name, value]) => [name, name === 'euros' ? Number(value) : value]);
    expect(decimals(shown)).toEqual(decimals(held));
  };

  it('shows what generated columns and triggers of every kind made of the row', async () => {
    const renamed = walletChange('u', { owner: S('bo') }, { owner: S('ada') });
    expect(await sink.apply(targetOf(views.merging, 1), renamed)).toEqual({ outcome: 'A', already: false });
    expect(await row()).toMatchObject({ owner: 'bo', initial: 'B', stamp: 'before', cents: '501' });
    expect(await imageOf(renamed.id)).toMatchObject({ initial: S('B'), cents: N(501), euros: { N: '5.01' } });
    await expectImageToBeRow(renamed.id);
  });

  it('judges each field by its own policy', async () => {
    await database.query(`UPDATE wallets SET city = 'Gouda', cents = 7`);
    const target = targetOf(views.mixed, 1);
    const moved = walletChange('u', { city: S('Delft') }, { city: S('Leiden') });
    expect(await sink.apply(target, moved)).toMatchObject({ outcome: 'A' });
    const both = walletChange('u', { city: S('Oss'), cents: N(1) }, { city: S('Delft'), cents: N(500) });
    expect(await sink.apply(target, both)).toMatchObject({
      outcome: 'R',
      code: 'CONFLICT',
      message: expect.stringMatching(/cents/),
    });
    expect(await row()).toMatchObject({ city: 'Delft', cents: '7' });
    expect(await inbox(both.id)).toMatchObject({ policy: 'fields' });
  });

  it('applies in part and says what was left out, also when asked again', async () => {
    await database.query(`UPDATE wallets SET cents = 7`);
    const target = targetOf(views.partial, 1);
    const both = walletChange('u', { city: S('Oss'), cents: N(1) }, { city: S('Leiden'), cents: N(500) });
    const answer = { outcome: 'A', code: 'PARTIAL', message: expect.stringContaining(': cents.') };
    expect(await sink.apply(target, both)).toEqual({ ...answer, already: false });
    expect(await sink.apply(target, both)).toEqual({ ...answer, already: true });
    expect(await row()).toMatchObject({ city: 'Oss', cents: '7' });
    await expectImageToBeRow(both.id);
  });

  it('compares the whole row where the scope says so', async () => {
    const base = await seen();
    await database.query(`UPDATE wallets SET owner = 'bo'`);
    const change = walletChange('u', { city: S('Delft') }, base);
    const answer = await sink.apply(targetOf(views.strict, 1), change);
    expect(answer).toMatchObject({ outcome: 'R', code: 'CONFLICT', message: expect.stringMatching(/owner/) });
    const again = walletChange('u', { city: S('Delft') }, await seen());
    expect(await sink.apply(targetOf(views.strict, 1), again)).toMatchObject({ outcome: 'A' });
  });

  /** Every attribute as a customer would see it now. */
  async function seen() {
    return decodeTextRow(views.strict.table, columnsOfView(views.strict), (await row()) ?? {});
  }

  it('compares and counts the version up, along chains too', async () => {
    const target = targetOf(views.versioned, 1);
    const first = walletChange('u', { city: S('Delft') }, { city: S('Leiden'), rev: N(0) });
    const second = walletChange('u', { cents: N(9) }, { cents: N(500), rev: N(0) }, 2);
    const third = walletChange('u', { city: S('Oss') }, { city: S('Delft'), rev: N(0) }, 3);
    for (const change of [first, second, third])
      expect(await sink.apply(target, change)).toMatchObject({ outcome: 'A' });
    expect(await row()).toMatchObject({ city: 'Oss', cents: '9', rev: '3' });
    await expectImageToBeRow(third.id);
    await database.query('UPDATE wallets SET rev = rev + 1');
    const fourth = walletChange('u', { owner: S('bo') }, { owner: S('ada'), rev: N(0) }, 4);
    expect(await sink.apply(target, fourth)).toMatchObject({
      outcome: 'R',
      code: 'CONFLICT',
      message: expect.stringMatching(/rev/),
    });
  });

  it('does not take an answer signalled again for the version it had made', async () => {
    const target = targetOf(views.versioned, 1);
    const first = walletChange('u', { city: S('Delft') }, { city: S('Leiden'), rev: N(0) });
    await sink.apply(target, first);
    await database.query(`UPDATE wallets SET owner = 'eve', rev = rev + 1`);
    await sink.apply(target, first, { resignal: true });
    const second = walletChange('u', { cents: N(9) }, { cents: N(500), rev: N(0) }, 2);
    expect(await sink.apply(target, second)).toMatchObject({
      outcome: 'R',
      code: 'CONFLICT',
      message: expect.stringMatching(/rev/),
    });
  });

  it('rejects what stands on a rejected change, by its own code', async () => {
    const target = targetOf(views.merging, 1);
    const late = walletChange('u', { city: S('Delft') }, { city: S('Gouda') });
    const second = walletChange('u', { city: S('Oss') }, { city: S('Delft') }, 2);
    const third = walletChange('u', { city: S('Ede') }, { city: S('Oss') }, 3);
    const other = walletChange('u', { cents: N(1) }, { cents: N(500) }, 4);
    const codes = [];
    for (const change of [late, second, third, other]) codes.push((await sink.apply(target, change)).code ?? 'applied');
    expect(codes).toEqual(['CONFLICT', 'DEPENDENT', 'DEPENDENT', 'applied']);
    expect(await row()).toMatchObject({ city: 'Leiden', cents: '1' });
  });

  it('inserts what an update does not find, where the policy says so', async () => {
    const target = targetOf(views.upserting, 2);
    const set = { owner: S('bo'), city: S('Oss'), cents: N(3) };
    expect(await sink.apply(target, walletChange('u', set))).toMatchObject({ outcome: 'A' });
    expect(await row(2)).toMatchObject({ owner: 'bo', cents: '3' });
  });

  it('lets a rule of the definition decide under the lock', async () => {
    const target = targetOf(views.ruled, 1);
    await database.query('UPDATE wallets SET cents = 300');
    const spend = walletChange('u', { cents: N(300) }, { cents: N(500) });
    expect(await sink.apply(target, spend)).toMatchObject({ outcome: 'A' });
    expect(await row()).toMatchObject({ cents: '100' });
    const tooMuch = walletChange('u', { cents: N(300) }, { cents: N(500) });
    expect(await sink.apply(target, tooMuch)).toMatchObject({ outcome: 'R', code: 'OVERDRAWN' });
    expect(await inbox(tooMuch.id)).toMatchObject({ outcome: 'R', code: 'OVERDRAWN', policy: 'custom' });
    await expectImageToBeRow(tooMuch.id);
  });

  it('gives every one of many concurrent changes exactly one effect under a rule', async () => {
    const other = database.sink();
    const spends = Array.from({ length: 12 }, () => walletChange('u', { cents: N(400) }, { cents: N(500) }));
    const twice = [...spends, ...spends].map((change, i) =>
      (i % 2 === 0 ? sink : other).apply(targetOf(views.ruled, 1), change),
    );
    const answers = (await Promise.all(twice)).filter(({ already }) => !already);
    expect(answers.filter(({ outcome }) => outcome === 'A')).toHaveLength(5);
    expect(answers.filter(({ code }) => code === 'OVERDRAWN')).toHaveLength(7);
    expect(await row()).toMatchObject({ cents: '0' });
  });

  it('refuses without reading the row, and proves nothing then', async () => {
    const target = targetOf(views.merging, 1);
    const change = walletChange('u', { city: S('Delft') }, { city: S('Leiden') });
    const refusal = { code: RefusalCode.expired, message: 'too late' };
    expect(await sink.refuse(target, change, refusal)).toEqual({ outcome: 'R', ...refusal, already: false });
    expect(await inbox(change.id)).toMatchObject({ outcome: 'R', code: 'EXPIRED', image: null });
    expect(await sink.apply(target, change)).toMatchObject({ outcome: 'R', code: 'EXPIRED', already: true });
    expect(await row()).toMatchObject({ city: 'Leiden' });
    const applied = walletChange('u', { city: S('Delft') }, { city: S('Leiden') });
    await sink.apply(target, applied);
    expect(await sink.refuse(target, applied, refusal)).toMatchObject({ outcome: 'A', already: true });
  });

  it('can refuse what SQL fails on for a reason that lies not in the change', async () => {
    const target = targetOf(views.merging, 1);
    const poisoned = walletChange('u', { city: S('Delft') }, { city: S('Leiden') });
    await database.revoke();
    try {
      await expect(sink.apply(target, poisoned)).rejects.toMatchObject({
        retry: 'permanent',
        sqlState: kind === 'postgres' ? '42501' : '42000',
      });
      const refusal = { code: RefusalCode.poison, message: 'again and again' };
      expect(await sink.refuse(target, poisoned, refusal)).toMatchObject({ outcome: 'R', code: 'POISON' });
    } finally {
      await database.grant();
    }
    const next = walletChange('u', { city: S('Oss') }, { city: S('Delft') }, 2);
    expect(await sink.apply(target, next)).toMatchObject({ outcome: 'R', code: 'DEPENDENT' });
  });
});

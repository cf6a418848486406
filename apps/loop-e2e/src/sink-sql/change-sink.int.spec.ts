import { parseJson } from '@hybridge/contracts';
import { createChangeSink } from '@hybridge/sink-sql';
import { columnsOfView, decodeImageRow } from '@hybridge/views';
import pg from 'pg';
import { type TestDatabase, accounts, change, startTestDatabase, target } from './test-database.ts';

const text = (value: string) => ({ S: value });
const number = (value: string) => ({ N: value });

describe('change sink on PostgreSQL', () => {
  let database: TestDatabase;
  let sink: ReturnType<typeof createChangeSink>;

  beforeAll(async () => {
    database = await startTestDatabase();
    sink = createChangeSink({ pool: database.pool() });
  });
  afterAll(() => database?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    await database.query('TRUNCATE "Odd ""accounts", effects, hybridge_inbox');
    await database.query(
      `INSERT INTO "Odd ""accounts" (id, "e-mail ""x", balance, plan, note) VALUES
       (1, 'one@example.org', 10, 1, 'first'), (2, 'two@example.org', 20, 2, 'second')`,
    );
    await database.query('TRUNCATE effects');
  });

  const row = async (id: string) => (await database.query('SELECT * FROM "Odd ""accounts" WHERE id = $1', [id]))[0];
  const inbox = async (id: string) => {
    const [found] = await database.query('SELECT * FROM hybridge_inbox WHERE change_id = $1', [id]);
    return found as Record<string, string | null>;
  };
  const effects = async () => (await database.query('SELECT * FROM effects')).length;
  const imageOf = async (id: string) => {
    const image = (await inbox(id))['image'];
    return image == null ? undefined : (parseJson(image) as { e: unknown; row?: Record<string, never> });
  };

  it('applies an update and answers with the row as triggers left it', async () => {
    const update = change('u', { note: text('new') }, { note: text('first') });
    expect(await sink.apply(target(1), update)).toEqual({ outcome: 'A', already: false });
    expect(await row('1')).toMatchObject({ note: 'new', touched: '1' });
    const answer = await inbox(update.id);
    expect(answer).toMatchObject({
      view: 'accounts',
      pk: 'a1#1',
      sk: 'ACCOUNT',
      outcome: 'A',
      code: null,
      signal: '1',
    });
    expect(String((await imageOf(update.id))?.row?.['touched'])).toBe('1');
  });

  it('shows the row as deferred triggers leave it', async () => {
    const update = change('u', { note: text('deferred') }, { note: text('first') });
    expect(await sink.apply(target(1), update)).toMatchObject({ outcome: 'A' });
    expect((await imageOf(update.id))?.row).toMatchObject({ note: 'deferred', code: 'late' });
    expect(await row('1')).toMatchObject({ code: 'late' });
  });

  it('keeps every digit and every type, in the row and in the image', async () => {
    const id = '9223372036854775807';
    const set = {
      id: number(id),
      email: text(`O'Brien "quoted" \\ $1 – ünï`),
      balance: number('123456789012345678901234567890.0123456789'.slice(0, 39)),
      plan: number('2'),
      note: text(''),
      active: { BOOL: true },
      data: { M: { big: number('9007199254740993'), list: { L: [{ NULL: true as const }, text('x')] } } },
      bytes: { B: new Uint8Array([0, 1, 255]) },
      born: text('1999-12-31'),
      seen: text('2026-11-22T12:00:00.123456Z'),
      local: text('2026-11-22T12:00:00'),
      ratio: number('0.1'),
      code: text('abc'),
      uid: text('6f9619ff-8b86-d011-b42d-00c04fc964ff'),
      touched: { NULL: true as const },
    };
    const insert = change('i', set);
    expect(await sink.apply(target(id), insert)).toMatchObject({ outcome: 'A' });
    expect(await row(id)).toMatchObject({
      balance: '123456789012345678901234567890.0123456700',
      bytes: '\\x0001ff',
      data: '{"big": 9007199254740993, "list": [null, "x"]}',
      touched: '0',
    });
    const image = await imageOf(insert.id);
    const decoded = decodeImageRow(accounts.table, columnsOfView(accounts), image?.row ?? {});
    expect(decoded['balance']).toEqual({ N: '123456789012345678901234567890.01234567' });
    expect(decoded).toMatchObject({ id: { N: id }, data: set.data, seen: set.seen, local: set.local, born: set.born });
    const update = change('u', { seen: text('2027-01-01T00:00:00Z') }, { seen: set.seen });
    expect(await sink.apply(target(id), update)).toMatchObject({ outcome: 'A' });
    const everything = change('d', {}, { ...set, seen: text('2027-01-01T00:00:00Z'), touched: number('1') });
    expect(await sink.apply(target(id), everything)).toEqual({ outcome: 'A', already: false });
  });

  it('rejects a change whose base SQL no longer holds, and shows the row', async () => {
    const late = change('u', { note: text('mine') }, { note: text('never so') });
    expect(await sink.apply(target(1), late)).toMatchObject({ outcome: 'R', code: 'CONFLICT' });
    expect(await row('1')).toMatchObject({ note: 'first' });
    expect((await imageOf(late.id))?.row).toMatchObject({ note: 'first' });
    expect(await effects()).toBe(0);
  });

  it('merges with changes of other columns', async () => {
    await database.query(`UPDATE "Odd ""accounts" SET code = 'sql' WHERE id = 1`);
    const update = change('u', { note: text('mine') }, { note: text('first') });
    expect(await sink.apply(target(1), update)).toMatchObject({ outcome: 'A' });
    expect(await row('1')).toMatchObject({ note: 'mine', code: 'sql' });
  });

  it.each([
    ['UNIQUE', { email: text('two@example.org') }, { email: text('one@example.org') }, /Odd "accounts_e-mail "x_key/],
    ['CHECK', { balance: number('-1') }, { balance: number('10') }, /balance_not_negative/],
    ['FK', { plan: number('99') }, { plan: number('1') }, /plan_exists/],
    ['NOT_NULL', { note: { NULL: true as const } }, { note: text('first') }, /Column note/],
    ['RANGE', { code: text('too long') }, { code: { NULL: true as const } }, /larger, longer/],
    ['RANGE', { balance: number(`1${'0'.repeat(37)}`) }, { balance: number('10') }, /larger, longer/],
    ['INVALID', { note: text('a\u0000b') }, { note: text('first') }, /type of its column/],
    ['INVALID', { born: number('7') }, { born: { NULL: true as const } }, /type of its column/],
    ['TRIGGER', { note: text('forbidden') }, { note: text('first') }, /function guard\)/],
    ['TRIGGER', { note: text('ignored') }, { note: text('first') }, /held the change back/],
    ['POLICY', { touched: number('5') }, { touched: number('0') }, /"touched"/],
    ['POLICY', { 'no" such': number('5') }, {}, /no\\" such/],
  ])('rejects with %s', async (code, set, base, message) => {
    const before = await row('1');
    const wrong = change('u', set as never, base as never);
    const answer = await sink.apply(target(1), wrong);
    expect(answer).toMatchObject({ outcome: 'R', code, message: expect.stringMatching(message) });
    expect(answer.message).not.toMatch(/example\.org|secret/);
    expect(await inbox(wrong.id)).toMatchObject({ outcome: 'R', code });
    expect(await row('1')).toEqual(before);
    expect(await effects()).toBe(0);
    if (code !== 'POLICY') expect((await imageOf(wrong.id))?.row).toMatchObject({ note: 'first' });
    expect(await sink.apply(target(1), wrong)).toMatchObject({ outcome: 'R', code, already: true });
  });

  it('proves nothing about a row that is not there', async () => {
    const lost = change('u', { note: text('x') }, { note: text('y') });
    expect(await sink.apply(target(404), lost)).toMatchObject({ outcome: 'R', code: 'MISSING' });
    expect(await imageOf(lost.id)).toBeUndefined();
  });

  it('deletes, and proves it', async () => {
    const base = { note: text('first'), balance: number('10'), email: text('one@example.org') };
    const removal = change('d', {}, base);
    expect(await sink.apply(target(1), removal)).toMatchObject({ outcome: 'A' });
    expect(await row('1')).toBeUndefined();
    expect(String((await imageOf(removal.id))?.e)).toBe('0');
    const stale = change('d', {}, { note: text('other') });
    expect(await sink.apply(target(2), stale)).toMatchObject({ outcome: 'R', code: 'CONFLICT' });
  });

  it('inserts; an existing row conflicts and is shown', async () => {
    const insert = change('i', { id: number('3'), note: text('third'), email: { NULL: true } });
    expect(await sink.apply(target(3), insert)).toMatchObject({ outcome: 'A' });
    const again = change('i', { id: number('3'), note: text('other') });
    expect(await sink.apply(target(3), again)).toMatchObject({ outcome: 'R', code: 'CONFLICT' });
    expect((await imageOf(again.id))?.row).toMatchObject({ note: 'third' });
    const elsewhere = change('i', { id: number('4'), note: text('not my key') });
    expect(await sink.apply(target(5), elsewhere)).toMatchObject({ outcome: 'R', code: 'POLICY' });
  });

  it('takes effect once however often it is delivered, one after another and at once', async () => {
    const update = change('u', { note: text('once') }, { note: text('first') });
    const answers = await Promise.all(Array.from({ length: 6 }, () => sink.apply(target(1), update)));
    answers.push(await sink.apply(target(1), update), await sink.apply(target(1), update));
    expect(answers.every((answer) => answer.outcome === 'A')).toBe(true);
    expect(answers.filter((answer) => !answer.already)).toHaveLength(1);
    expect(await effects()).toBe(1);
    expect(await inbox(update.id)).toMatchObject({ signal: '1' });
    const known = (await sink.answered(accounts, [update.id, 'no such', '{",\\'])).get(update.id);
    expect(known).toMatchObject({ outcome: 'A', already: true });
    expect(Math.abs(Date.now() - (known?.at ?? 0))).toBeLessThan(60_000);
  });

  it('signals a known answer again with the row as it is now', async () => {
    const update = change('u', { note: text('once') }, { note: text('first') });
    await sink.apply(target(1), update);
    await database.query(`UPDATE "Odd ""accounts" SET note = 'later' WHERE id = 1`);
    expect(await sink.apply(target(1), update, { resignal: true })).toMatchObject({ outcome: 'A', already: true });
    expect(await inbox(update.id)).toMatchObject({ signal: '2' });
    expect((await imageOf(update.id))?.row).toMatchObject({ note: 'later' });
    await database.query('DELETE FROM "Odd ""accounts" WHERE id = 1');
    await sink.apply(target(1), update, { resignal: true });
    expect(await inbox(update.id)).toMatchObject({ signal: '3', image: null });
  });

  it('lets one of two workers win a field, and tells the other', async () => {
    const other = createChangeSink({ pool: database.pool({ max: 2 }) });
    const mine = change('u', { note: text('mine') }, { note: text('first') });
    const theirs = change('u', { note: text('theirs') }, { note: text('first') });
    const answers = await Promise.all([sink.apply(target(1), mine), other.apply(target(1), theirs)]);
    expect(answers.map((answer) => answer.outcome).sort()).toEqual(['A', 'R']);
    expect(await effects()).toBe(1);
    const winner = answers[0]?.outcome === 'A' ? 'mine' : 'theirs';
    expect(await row('1')).toMatchObject({ note: winner });
  });

  it('inserts one row when two workers insert it at once', async () => {
    const other = createChangeSink({ pool: database.pool({ max: 2 }) });
    const one = change('i', { id: number('7'), note: text('one') });
    const two = change('i', { id: number('7'), note: text('two') });
    const answers = await Promise.all([sink.apply(target(7), one), other.apply(target(7), two)]);
    expect(answers.map((answer) => answer.code ?? answer.outcome).sort()).toEqual(['A', 'CONFLICT']);
  });

  it('treats SQL in values and keys as text', async () => {
    const evil = `'); DROP TABLE hybridge_inbox; --`;
    const update = change('u', { note: text(evil) }, { note: text('first') }, { id: `change'; ${evil}`, by: evil });
    expect(await sink.apply(target(1), update)).toMatchObject({ outcome: 'A' });
    expect(await row('1')).toMatchObject({ note: evil });
    expect(await inbox(update.id)).toMatchObject({ outcome: 'A' });
    const named = change('u', { 'note" = NULL --': text('x') }, {});
    expect(await sink.apply(target(1), named)).toMatchObject({ outcome: 'R', code: 'POLICY' });
    await expect(sink.apply(target('1 OR true'), change('u', { note: text('x') }, {}))).rejects.toMatchObject({
      name: 'SqlSinkError',
    });
    expect(await row('2')).toMatchObject({ note: 'second' });
  });

  it.each([
    ['row', 1, 'SELECT * FROM "Odd ""accounts" WHERE id = 1 FOR UPDATE', 'A'],
    ['item, though it has no row', 404, `SELECT pg_advisory_xact_lock(hashtextextended('a1#404|ACCOUNT', 7))`, 'R'],
  ])('waits for the lock of the %s, and counts a lock not given in time as transient', async (_, id, lock, outcome) => {
    const impatient = createChangeSink({ pool: database.pool({ max: 1, lockTimeoutMs: 50 }) });
    const other = await holdLock(database.adminUrl, lock);
    const update = change('u', { note: text('x') }, { note: text('first') });
    await expect(impatient.apply(target(id), update)).rejects.toMatchObject({ retry: 'transient', sqlState: '55P03' });
    await other.release();
    expect(await impatient.apply(target(id), update)).toMatchObject({ outcome, already: false });
  });
});

async function holdLock(url: string, lock: string) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // a failed test leaves it to the end of the database
  await client.connect();
  await client.query('BEGIN');
  await client.query(lock);
  return { release: () => client.end() };
}

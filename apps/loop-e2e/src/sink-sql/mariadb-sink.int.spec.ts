/** What of the sink is MariaDB's own; what is common to both kinds of database is in the specs of the wallets. */
import { parseJson } from '@hybridge/contracts';
import type { ConnectedChangeSink } from '@hybridge/sink-sql';
import {
  ACCOUNTS,
  accounts,
  connectTo,
  effectsOf,
  fillAccounts,
  nameTarget,
  startAccounts,
  target,
  text,
  update,
} from './accounts-mariadb.ts';
import type { MariadbDatabase } from './mariadb-database.ts';
import { change } from './test-database.ts';

const number = (value: string) => ({ N: value });
const NULL = { NULL: true } as const;

describe('change sink on MariaDB', () => {
  let database: MariadbDatabase;
  let sink: ConnectedChangeSink;

  beforeAll(async () => {
    database = await startAccounts();
    sink = connectTo(database);
  });
  afterAll(async () => {
    await sink?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });
  beforeEach(() => fillAccounts(database));

  const row = async (id: string) => (await database.query(`SELECT * FROM ${ACCOUNTS} WHERE id = ?`, [id]))[0];
  const inbox = async (id: string) =>
    (await database.query('SELECT * FROM hybridge_inbox WHERE change_id = ?', [id]))[0] as Record<string, string>;
  const imageOf = async (id: string) =>
    parseJson((await inbox(id))['image'] ?? 'null') as null | { e: unknown; row?: Record<string, string> };

  it.each([
    ['UNIQUE', { email: text(`TWO@example.org`) }, { email: text('one@example.org') }, /constraint mail's\)/],
    ['CHECK', { balance: number('-1') }, { balance: number('10') }, /constraint Odd "`accounts\.balance/],
    ['FK', { plan: number('99') }, { plan: number('1') }, /plan_exists/],
    ['NOT_NULL', { note: NULL }, { note: text('first') }, /Column note/],
    ['RANGE', { code: text('too long') }, { code: NULL }, /larger, longer/],
    ['RANGE', { balance: number(`1${'0'.repeat(37)}`) }, { balance: number('10') }, /larger, longer/],
    ['INVALID', { kind: text('c') }, { kind: NULL }, /type of its column/],
    ['INVALID', { born: text('2023-02-30') }, { born: NULL }, /type of its column/],
    ['TRIGGER', { note: text('forbidden') }, { note: text('first') }, /refused the change/],
  ])('rejects with %s', async (code, set, base, message) => {
    const before = await row('1');
    const wrong = change('u', set as never, base as never);
    const answer = await sink.apply(target(1), wrong);
    expect(answer).toMatchObject({ outcome: 'R', code, message: expect.stringMatching(message) });
    expect(answer.message).not.toMatch(/example\.org|secret/i);
    expect(await row('1')).toEqual(before);
    expect((await imageOf(wrong.id))?.row).toMatchObject({ note: 'first', touched: '0' });
    expect(await sink.apply(target(1), wrong)).toMatchObject({ outcome: 'R', code, already: true });
  });

  it('counts a change that changes nothing as carried out', async () => {
    expect(await sink.apply(target(1), update('first'))).toEqual({ outcome: 'A', already: false });
  });

  it('takes effect once however often it is delivered, one after another and at once', async () => {
    const only = update('once');
    const answers = await Promise.all(Array.from({ length: 6 }, () => sink.apply(target(1), only)));
    answers.push(await sink.apply(target(1), only));
    expect(answers.filter(({ outcome, already }) => outcome === 'A' && !already)).toHaveLength(1);
    expect(await effectsOf(database, 1)).toEqual([{ note: 'once' }]);
    const known = (await sink.answered(accounts, [only.id, `no ' such`])).get(only.id);
    expect(known).toMatchObject({ outcome: 'A', already: true });
    expect(Math.abs(Date.now() - (known?.at ?? 0))).toBeLessThan(60_000);
    expect(await sink.answered(accounts, [])).toEqual(new Map());
  });

  it('signals a known answer again with the row as it is now', async () => {
    const only = update('once');
    await sink.apply(target(1), only);
    await database.query(`UPDATE ${ACCOUNTS} SET note = 'later' WHERE id = 1`);
    expect(await sink.apply(target(1), only, { resignal: true })).toMatchObject({ outcome: 'A', already: true });
    expect(await inbox(only.id)).toMatchObject({ signal: '2' });
    expect((await imageOf(only.id))?.row).toMatchObject({ note: 'later' });
    await database.query(`DELETE FROM ${ACCOUNTS} WHERE id = 1`);
    await sink.apply(target(1), only, { resignal: true });
    expect(await inbox(only.id)).toMatchObject({ signal: '3', image: null });
  });

  it('treats SQL in values and keys as text', async () => {
    const evil = `\\'"); DROP TABLE hybridge_inbox; -- ? \u0000`;
    const changed = change('u', { note: text(evil) }, { note: text('first') }, { id: `c'; \\${evil}`, by: evil });
    expect(await sink.apply(target(1), changed)).toMatchObject({ outcome: 'A' });
    expect(await row('1')).toMatchObject({ note: evil });
    expect((await imageOf(changed.id))?.row).toMatchObject({ note: evil });
    const elsewhere = { ...target(1), keyRow: { id: { N: '1 OR true' } } };
    expect(await sink.apply(elsewhere, update('x'))).toMatchObject({ outcome: 'R', code: 'MISSING' });
  });

  describe('a key that SQL calls equal to another', () => {
    beforeEach(() => database.query(`INSERT INTO names VALUES ('Ann', 'Oss')`));
    const nameRows = () => database.query('SELECT name, city FROM names');

    it('is the key of no row', async () => {
      const moved = change('u', { city: text('Ede') }, { city: text('Oss') });
      expect(await sink.apply(nameTarget('ann'), moved)).toMatchObject({ outcome: 'R', code: 'MISSING' });
      const removed = change('d', {}, { city: text('Oss') });
      expect(await sink.apply(nameTarget('ANN'), removed)).toMatchObject({ outcome: 'R', code: 'MISSING' });
      expect(await nameRows()).toEqual([{ name: 'Ann', city: 'Oss' }]);
      expect(await imageOf(moved.id)).toBeNull();
    });

    it('cannot be inserted, and nothing is shown in its place', async () => {
      const added = change('i', { name: text('ann'), city: text('Ede') });
      expect(await sink.apply(nameTarget('ann'), added)).toMatchObject({ outcome: 'R', code: 'UNIQUE' });
      expect(await imageOf(added.id)).toBeNull();
    });

    it('is not the key of a row that a trigger wrote otherwise', async () => {
      const added = change('i', { name: text('bob'), city: text('loud') });
      expect(await sink.apply(nameTarget('bob'), added)).toMatchObject({ outcome: 'A' });
      expect(await nameRows()).toContainEqual({ name: 'BOB', city: 'loud' });
      expect(await imageOf(added.id)).toEqual({ e: expect.anything() });
    });
  });

  it.each([
    ['row', 1, [`BEGIN`, `SELECT * FROM ${ACCOUNTS} WHERE id = 1 FOR UPDATE`], 'A'],
    [
      'item, though it has no row',
      404,
      [`SELECT GET_LOCK(concat('hybridge:', left(sha2('a1#404|ACCOUNT', 256), 48)), 1)`],
      'R',
    ],
  ])(
    'waits for the lock of the %s, and counts a lock not given in time as transient',
    async (_, id, locks, outcome) => {
      await using impatient = connectTo(database, { max: 1, lockTimeoutMs: 50 });
      const other = await database.connect();
      for (const lock of locks) await other.query(lock);
      const late = update('x');
      await expect(impatient.apply(target(id), late)).rejects.toMatchObject({ retry: 'transient', sqlState: 'HY000' });
      await other.end();
      expect(await impatient.apply(target(id), late)).toMatchObject({ outcome, already: false });
    },
  );

  it('leaves no lock behind, whatever came of a change', async () => {
    await using lonely = connectTo(database, { max: 1 });
    await lonely.apply(target(1), update('x'));
    await lonely.apply(target(1), change('u', { plan: number('99') }, { plan: number('1') }));
    await lonely.apply(target(404), update('x'));
    for (const key of ['a1#1|ACCOUNT', 'a1#404|ACCOUNT']) {
      const name = `concat('hybridge:', left(sha2('${key}', 256), 48))`;
      expect(await database.query(`SELECT IS_FREE_LOCK(${name}) AS free`)).toEqual([{ free: '1' }]);
    }
  });
});

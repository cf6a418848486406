import { retryTransient } from '@hybridge/runtime';
import type { ConnectedChangeSink } from '@hybridge/sink-sql';
import { eventually } from '../loop/eventually.ts';
import { ACCOUNTS, connectTo, effectsOf, fillAccounts, startAccounts, target, update } from './accounts-mariadb.ts';
import { cutConnectionsAtCommit } from './cut-mariadb.ts';
import type { MariadbDatabase } from './mariadb-database.ts';

/** Bounds the test: killing faster than transactions run would let none end. */
const MOST_KILLS = 60;

describe('change sink on MariaDB when its connection is lost', () => {
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

  it.each(['before', 'half', 'after', 'meanwhile'] as const)(
    'takes effect once when the network is cut at COMMIT: %s',
    async (cut) => {
      await using proxy = await cutConnectionsAtCommit(database.port);
      await using cutOff = connectTo(database, { max: 1, port: proxy.port });
      for (const id of [1, 2]) {
        proxy.cutNext(cut);
        const only = update('only once', id === 1 ? 'first' : 'second');
        await expect(cutOff.apply(target(id), only)).rejects.toMatchObject({
          name: 'SqlSinkError',
          retry: 'transient',
        });
        const { outcome, already } = await cutOff.apply(target(id), only);
        expect(outcome).toBe('A');
        expect(cut === 'meanwhile' ? [true, false] : [cut === 'after']).toContain(already);
        expect(await effectsOf(database, id)).toEqual([{ note: 'only once' }]);
      }
      expect(proxy.cuts).toBe(2);
    },
  );

  it('waits for a COMMIT whose client has gone, and finds its answer', async () => {
    await database.query(
      `SET GLOBAL rpl_semi_sync_master_timeout = 600000; SET GLOBAL rpl_semi_sync_master_wait_no_slave = 1;
       SET GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC; SET GLOBAL rpl_semi_sync_master_enabled = 1`,
    );
    const only = update('only once');
    try {
      await using proxy = await cutConnectionsAtCommit(database.port);
      await using cutOff = connectTo(database, { max: 1, port: proxy.port });
      proxy.cutNext('meanwhile');
      await expect(cutOff.apply(target(1), only)).rejects.toMatchObject({ retry: 'transient' });
      await eventually('a commit that waits', async () =>
        (await database.query('SHOW PROCESSLIST')).some(({ State }) => /semi-sync/i.test(State ?? '')),
      );
      await using impatient = connectTo(database, { max: 1, lockTimeoutMs: 50 });
      await expect(impatient.apply(target(1), only)).rejects.toMatchObject({ retry: 'transient' });
    } finally {
      await database.query('SET GLOBAL rpl_semi_sync_master_enabled = 0');
    }
    expect(await sink.apply(target(1), only)).toEqual({ outcome: 'A', already: true });
    expect(await effectsOf(database, 1)).toEqual([{ note: 'only once' }]);
  });

  it('takes effect once for each change while connections are killed at random moments', async () => {
    const others = Array.from({ length: 18 }, (_, n) => `(${n + 3}, 'first')`);
    await database.query(`INSERT INTO ${ACCOUNTS} (id, note) VALUES ${others.join(', ')}`);
    await database.query(`UPDATE ${ACCOUNTS} SET note = 'first'; DELETE FROM effects`);
    await using many = connectTo(database, { max: 6 });
    let running = true;
    let killed = 0;
    const killer = (async () => {
      while (running && killed < MOST_KILLS) {
        const [victim] = await database.query(
          `SELECT id FROM information_schema.processlist WHERE user = 'hybridge_app' AND command <> 'Sleep'
           ORDER BY rand() LIMIT 1`,
        );
        if (victim === undefined) continue;
        await database.query(`KILL ${victim['id']}`).then(
          () => killed++,
          () => undefined, // it has ended by itself
        );
      }
    })();
    let retries = 0;
    const patiently = (id: number, note: string, base: string) => {
      const one = update(note, base);
      const options = { initialDelayMs: 1, maxDelayMs: 20, maxAttempts: 100, onRetry: () => void retries++ };
      return retryTransient(() => many.apply(target(id), one), options);
    };
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const first = await patiently(index + 1, 'a', 'first');
        return [first, await patiently(index + 1, 'b', 'a'), await patiently(index + 1, 'c', 'b')];
      }),
    );
    running = false;
    await killer;
    expect([killed > 0, retries > 0]).toEqual([true, true]);
    expect(answers.flat().every((answer) => answer.outcome === 'A')).toBe(true);
    for (let id = 1; id <= 20; id++) {
      expect(await effectsOf(database, id)).toEqual([{ note: 'a' }, { note: 'b' }, { note: 'c' }]);
    }
  });
});

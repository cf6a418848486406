import { Cut, createSqlProxy } from '@hybridge/faults';
import { createChangeSink, type SqlPool } from '@hybridge/sink-sql';
import { retryTransient } from '@hybridge/runtime';
import type { PoolClient } from 'pg';
import { type TestDatabase, change, startTestDatabase, target } from './test-database.ts';

/** Bounds the test: killing faster than transactions run would let none end. */
const MOST_KILLS = 60;

const text = (value: string) => ({ S: value });

describe('change sink when its connection is lost', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await startTestDatabase();
  });
  afterAll(() => database?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    await database.query('TRUNCATE "Odd ""accounts", effects, hybridge_inbox');
    await database.query(`INSERT INTO "Odd ""accounts" (id, note) SELECT i, 'first' FROM generate_series(1, 20) i`);
    await database.query('TRUNCATE effects');
  });

  const effectsOf = (id: number) => database.query('SELECT note FROM effects WHERE account = $1', [id]);
  const update = (note: string, base = 'first') => change('u', { note: text(note) }, { note: text(base) });

  it.each([
    ['before', 'the try had no effect', false],
    ['after', 'the next try finds the answer', true],
  ] as const)('takes effect once when it is killed %s COMMIT: %s', async (moment, _, already) => {
    const pool = database.pool({ max: 1 });
    const sink = createChangeSink({ pool: killingAtCommit(pool, moment, database) });
    const only = update('only once');
    await expect(sink.apply(target(1), only)).rejects.toMatchObject({ name: 'SqlSinkError', retry: 'transient' });
    expect(await sink.apply(target(1), only)).toEqual({ outcome: 'A', already });
    expect(await effectsOf(1)).toEqual([{ note: 'only once' }]);
  });

  it.each([
    [Cut.before, [false]],
    [Cut.half, [false]],
    [Cut.after, [true]],
    [Cut.meanwhile, [true, false]],
  ] as const satisfies readonly (readonly [Cut, readonly boolean[]])[])(
    'takes effect once when the network is cut at COMMIT: %s',
    async (cut, known) => {
      await using proxy = await createSqlProxy({ target: { host: '127.0.0.1', port: database.port } });
      const sink = createChangeSink({ pool: database.pool({ max: 1, port: proxy.port }) });
      for (let id = 1; id <= 5; id++) {
        proxy.cutNext(cut);
        const only = update('only once');
        await expect(sink.apply(target(id), only)).rejects.toMatchObject({ name: 'SqlSinkError', retry: 'transient' });
        const { outcome, already } = await sink.apply(target(id), only);
        expect(outcome).toBe('A');
        expect(known).toContain(already);
        expect(await effectsOf(id)).toEqual([{ note: 'only once' }]);
      }
      expect([...proxy.counts]).toEqual([[cut, 5]]);
      expect(await database.query('SELECT count(*) FROM hybridge_inbox')).toEqual([{ count: '5' }]);
    },
  );

  it('records a refusal once when the network is cut at its COMMIT', async () => {
    await using proxy = await createSqlProxy({ target: { host: '127.0.0.1', port: database.port } });
    const sink = createChangeSink({ pool: database.pool({ max: 1, port: proxy.port }) });
    proxy.cutNext(Cut.after);
    const late = update('mine', 'never so');
    await expect(sink.apply(target(1), late)).rejects.toMatchObject({ retry: 'transient' });
    await database.query(`UPDATE "Odd ""accounts" SET note = 'never so' WHERE id = 1`);
    expect(await sink.apply(target(1), late)).toMatchObject({ outcome: 'R', code: 'CONFLICT', already: true });
  });

  it('takes effect once for each change while connections are killed at random moments', async () => {
    const sink = createChangeSink({ pool: database.pool({ max: 6 }) });
    let running = true;
    let killed = 0;
    const killer = (async () => {
      while (running && killed < MOST_KILLS) {
        const rows = await database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = 'hybridge-writeback' AND state <> 'idle' ORDER BY random() LIMIT 1`,
        );
        killed += rows.length;
      }
    })();
    let retries = 0;
    const patiently = (id: number, note: string, base: string) => {
      const one = update(note, base);
      const options = { initialDelayMs: 1, maxDelayMs: 20, onRetry: () => void retries++ };
      return retryTransient(() => sink.apply(target(id), one), options);
    };
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const first = await patiently(index + 1, 'a', 'first');
        return [first, await patiently(index + 1, 'b', 'a'), await patiently(index + 1, 'c', 'b')];
      }),
    );
    running = false;
    await killer;
    expect(killed).toBeGreaterThan(0);
    expect(retries).toBeGreaterThan(0);
    expect(answers.flat().every((answer) => answer.outcome === 'A')).toBe(true);
    for (let id = 1; id <= 20; id++) {
      expect(await effectsOf(id)).toEqual([{ note: 'a' }, { note: 'b' }, { note: 'c' }]);
    }
    expect(await database.query('SELECT count(*) FROM hybridge_inbox')).toEqual([{ count: '60' }]);
  });
});

/** The pool's first COMMIT meets a killed backend: just before it arrives, or just after it took effect. */
function killingAtCommit(pool: SqlPool, moment: 'before' | 'after', database: TestDatabase): SqlPool {
  let armed = true;
  const kill = async (client: PoolClient): Promise<void> => {
    armed = false;
    const [pid] = (await client.query<{ pid: string }>('SELECT pg_backend_pid() AS pid')).rows;
    const ended = new Promise((resolve) => client.once('end', resolve));
    await database.query('SELECT pg_terminate_backend($1)', [pid?.pid]);
    await ended;
  };
  const wrap = (client: PoolClient): PoolClient =>
    new Proxy(client, {
      get(inner, name) {
        const member = Reflect.get(inner, name) as unknown;
        if (name !== 'query' || !armed) return typeof member === 'function' ? member.bind(inner) : member;
        return async (sql: string, values: string[]) => {
          if (sql !== 'COMMIT') return inner.query(sql, values);
          if (moment === 'after') await inner.query('COMMIT');
          await kill(inner);
          return inner.query('COMMIT');
        };
      },
    });
  return {
    query: pool.query.bind(pool) as SqlPool['query'],
    connect: (async () => wrap(await pool.connect())) as SqlPool['connect'],
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

import { randomBytes } from 'node:crypto';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import { carryOut, decideRowChange, number } from '@hybridge/protocol';
import {
  type SqlPool,
  type TableReader,
  createFiller,
  createReplicaReader,
  createRowReader,
  createSqlPool,
  isPrimary,
} from '@hybridge/reader-sql';
import { createMemoryItemStore, rowChange, testContext } from '@hybridge/testkit';
import { type AnyView, column, int8, keyFromParts, keyOfRow, notNull, source, table, view } from '@hybridge/views';
import pg from 'pg';
import { type Standby, startStandby } from './standby.ts';

const schema = `replica_${randomBytes(4).toString('hex')}`;

const stock: AnyView = view('stock', {
  table: table({
    source: source('shop', 'postgres'),
    name: `${schema}.stock`,
    primaryKey: ['id'],
    columns: { id: notNull(int8()), pieces: notNull(int8()) },
  }),
  key: { pk: ['s1', 'STOCK', column('id')], sk: ['STOCK'] },
  attributes: { pieces: 'pieces' },
  mode: 'lazy',
});
const keyRow = (id: number) => keyFromParts(stock, [String(id)]);

describe('fills from a streaming replica', () => {
  let stack: LocalStack;
  let standby: Standby;
  let primaryPool: SqlPool;
  let replicaPool: SqlPool;
  let primary: TableReader;
  let replica: TableReader;
  let writer: pg.Client;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['postgres'], ports: 'free' });
    const { url } = stack.endpoints.postgres;
    writer = new pg.Client({ connectionString: url });
    await writer.connect();
    await writer.query(
      `create schema "${schema}"; create table "${schema}".stock (id bigint primary key, pieces bigint)`,
    );
    standby = await startStandby(stack);
    primaryPool = createSqlPool({ url, applicationName: 'replica-tests' });
    replicaPool = createSqlPool({ url: standby.url, applicationName: 'replica-tests' });
    primary = createRowReader({ pool: primaryPool });
    replica = createRowReader({ pool: replicaPool });
  });
  beforeEach(async () => {
    await standby.resumeReplay();
    await writer.query(`truncate "${schema}".stock`);
    await writer.query(`insert into "${schema}".stock select n, 0 from generate_series(1, 5) n`);
    await standby.caughtUp();
  });
  afterAll(async () => {
    await replicaPool?.[Symbol.asyncDispose]();
    await primaryPool?.[Symbol.asyncDispose]();
    await standby?.[Symbol.asyncDispose]();
    await writer?.end();
    await stack?.stop();
  });

  /** @returns the transaction, as change events name it */
  const update = async (id: number, pieces: number, client = writer): Promise<string> => {
    const { rows } = await client.query(
      `update "${schema}".stock set pieces = $2 where id = $1
       returning (pg_current_xact_id()::text::bigint & 4294967295)::text as xid`,
      [id, pieces],
    );
    return rows[0].xid;
  };
  const piecesOn = async (rows: TableReader, id: number, proof?: string) => {
    const { proven, row } = await rows.read(stock, keyRow(id), proof);
    return proven ? row?.['pieces'] : 'unproven';
  };

  it('tells a standby from a primary', async () => {
    expect([await isPrimary(primaryPool), await isPrimary(replicaPool)]).toEqual([true, false]);
  });

  it('proves a transaction on the standby as soon as it is replayed there, and not before', async () => {
    await standby.pauseReplay();
    const transaction = await update(1, 7);
    expect(await piecesOn(primary, 1, transaction)).toEqual(number(7));
    expect(await piecesOn(replica, 1, transaction)).toBe('unproven');
    expect(await piecesOn(replica, 1)).toEqual(number(0)); // what a proof keeps out
    await standby.resumeReplay();
    await standby.caughtUp();
    expect(await piecesOn(replica, 1, transaction)).toEqual(number(7));
  });

  it('does not prove a transaction the standby knows to be in progress', async () => {
    const slow = new pg.Client({ connectionString: stack.endpoints.postgres.url });
    await slow.connect();
    await slow.query('begin');
    const transaction = await update(1, 7, slow);
    const younger = await update(2, 8);
    await standby.caughtUp();
    await standby.pauseReplay();
    await slow.query('commit');
    await slow.end();
    expect(await piecesOn(primary, 1, transaction)).toEqual(number(7));
    expect(await piecesOn(replica, 2, younger)).toEqual(number(8));
    expect(await piecesOn(replica, 1, transaction)).toBe('unproven');
    // The answer that must not be believed on a standby: protocol, P8.
    const [snapshot] = await replicaPool.query(
      'select pg_visible_in_snapshot($1::xid8, pg_current_snapshot()) as seen',
      [transaction],
    );
    expect(snapshot?.['seen']).toBe('t');
  });

  it('does not prove a transaction that was rolled back', async () => {
    await writer.query('begin');
    const transaction = await update(1, 7);
    await writer.query('rollback');
    await update(2, 8);
    await standby.caughtUp();
    expect(await piecesOn(replica, 1, transaction)).toBe('unproven');
  });

  it('reads a batch on one snapshot after all its proofs, and says which are missing', async () => {
    const seen = await update(1, 7);
    await standby.caughtUp();
    await standby.pauseReplay();
    const unseen = await update(2, 8);
    const requests = [
      { keyRow: keyRow(1), proof: seen },
      { keyRow: keyRow(2), proof: unseen },
      { keyRow: keyRow(3) },
      { keyRow: keyRow(99) },
    ];
    expect((await replica.readBatch(stock, requests)).map(({ proven, row }) => [proven, row?.['pieces']])).toEqual([
      [true, number(7)],
      [false, undefined],
      [true, number(0)],
      [true, undefined],
    ]);
  });

  describe('createReplicaReader', () => {
    const readerOf = (options: { readonly maxLagMs?: number } = {}) => {
      const fallbacks: string[] = [];
      const rows = createReplicaReader({
        primary,
        replica,
        replicaPool,
        fenceTtlMs: 3_600_000,
        proofWaitMs: 100,
        onFallback: (reason) => fallbacks.push(reason),
        ...options,
      });
      return { rows, fallbacks };
    };

    it('falls back to the primary while the proof does not hold on the standby', async () => {
      const { rows, fallbacks } = readerOf();
      await standby.pauseReplay();
      const transaction = await update(1, 7);
      expect(await piecesOn(rows, 1, transaction)).toEqual(number(7));
      expect(fallbacks).toEqual(['unproven']);
      await standby.resumeReplay();
      await standby.caughtUp();
      expect(await piecesOn(rows, 1, transaction)).toEqual(number(7));
      expect(fallbacks).toEqual(['unproven']);
    });

    it('does not read the standby without a proof once it lags too far', async () => {
      const { rows, fallbacks } = readerOf({ maxLagMs: 2_000 });
      await update(1, 1);
      await standby.caughtUp();
      expect(await piecesOn(rows, 1)).toEqual(number(1));
      expect(fallbacks).toEqual([]);
      await standby.pauseReplay();
      await update(1, 2);
      const late = Date.now() + 15_000;
      while (fallbacks.length === 0 && Date.now() < late) await piecesOn(rows, 1);
      expect(await piecesOn(rows, 1)).toEqual(number(2));
      expect(new Set(fallbacks)).toEqual(new Set(['lag']));
    });

    it('never stores a row older than the change its fence stands for, however the standby lags', async () => {
      const store = createMemoryItemStore();
      const context = testContext();
      const wrong: unknown[] = [];
      let askedPrimary = 0;
      const counted = {
        ...primary,
        readBatch: (...args: Parameters<typeof primary.readBatch>) => (askedPrimary++, primary.readBatch(...args)),
      };
      const filler = createFiller({
        store,
        context,
        rows: createReplicaReader({ primary: counted, replica, replicaPool, fenceTtlMs: 3_600_000, proofWaitMs: 30 }),
      });
      for (let n = 1; n <= 60; n++) {
        const id = (n % 5) + 1;
        const itemKey = keyOfRow(stock, keyRow(id));
        if (n % 4 === 0) await standby.pauseReplay();
        if (n % 4 === 2) await standby.resumeReplay();
        const transaction = await update(id, n);
        store.expire(itemKey);
        await carryOut(store, itemKey, (seen) =>
          decideRowChange({ ...rowChange({ key: itemKey, n }), transaction }, 'lazy', context, seen),
        );
        const entry = { view: stock, itemKey, keyRow: keyRow(id) };
        const [one] = await filler.fillMany([entry]);
        const stored = store.peek(itemKey)?.['pieces'];
        if (one?.status !== 'fulfilled' || JSON.stringify(stored) !== JSON.stringify(number(n)))
          wrong.push([n, one, stored]);
      }
      expect(wrong).toEqual([]);
      expect(askedPrimary).toBeGreaterThan(0);
      expect(askedPrimary).toBeLessThan(60);
    });
  });
});

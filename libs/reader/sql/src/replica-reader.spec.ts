import { SqlReadError } from './errors.ts';
import { guardRowReader } from './guard-row-reader.ts';
import { type ReplicaReaderOptions, createReplicaReader } from './replica-reader.ts';
import type { RowRead, RowRequest, TableReader } from './row-reader.ts';
import { createSqlBudget } from './sql-budget.ts';
import { customer } from './testing.features.ts';

const { view, keyRow, row } = customer(1);
const down = new SqlReadError('HYBRIDGE_READER_SQL_UNAVAILABLE', 'no connection', { cause: undefined });

/** Notes the proofs it was asked to give; `sees` tells which hold. */
function server(name: string, sees: (request: RowRequest) => boolean | Error = () => true) {
  const asked: (string | undefined)[][] = [];
  const readBatch = async (_view: unknown, requests: readonly RowRequest[]): Promise<RowRead[]> => {
    asked.push(requests.map(({ proof }) => proof));
    return requests.map((request) => {
      const seen = sees(request);
      if (seen instanceof Error) throw seen;
      return seen ? { proven: true, row: { ...row, city: { S: name } } } : { proven: false, row: undefined };
    });
  };
  const rows: TableReader = {
    readBatch,
    read: async (of, key, proof) => (await readBatch(of, [{ keyRow: key, proof }]))[0] as RowRead,
    readMany: async (_view, all) => all.map(() => ({ row: { city: { S: name } } })),
    isWithin: async () => true,
    scan: async function* () {},
  };
  return { rows, asked };
}

const setUp = (
  sees?: (request: RowRequest) => boolean | Error,
  lag: Record<string, string | null> | Error = { replica: 't', behind_ms: '50' },
  more: Partial<ReplicaReaderOptions> = {},
) => {
  const primary = server('primary');
  const replica = server('replica', sees);
  const fallbacks: [string, number][] = [];
  let lagAsked = 0;
  const rows = createReplicaReader({
    primary: primary.rows,
    replica: replica.rows,
    replicaPool: { query: async () => (lagAsked++, lag instanceof Error ? Promise.reject(lag) : [lag]) },
    fenceTtlMs: 3_600_000,
    proofWaitMs: 50,
    onFallback: (reason, reads) => fallbacks.push([reason, reads]),
    ...more,
  });
  return { rows, primary, replica, fallbacks, lagAsked: () => lagAsked };
};

const from = (read: RowRead | undefined) => (read?.row?.['city'] as { S: string } | undefined)?.S;

describe('createReplicaReader', () => {
  it('reads a replica that is near, with and without a proof', async () => {
    const { rows, primary, replica, lagAsked } = setUp();
    expect(from(await rows.read(view, keyRow))).toBe('replica');
    expect(from(await rows.read(view, keyRow))).toBe('replica');
    expect(from(await rows.read(view, keyRow, '7'))).toBe('replica');
    expect([primary.asked, replica.asked, lagAsked()]).toEqual([[], [[undefined], [undefined], ['7']], 1]);
  });

  it.each([
    ['lags too far', { replica: 't', behind_ms: '29500' }],
    ['does not know how far it lags', { replica: 't', behind_ms: null }],
    ['does not answer', down],
  ])('reads the primary where nothing is to be proven and the replica %s', async (_, lag) => {
    const { rows, fallbacks } = setUp(undefined, lag);
    expect(from(await rows.read(view, keyRow))).toBe('primary');
    expect(from(await rows.read(view, keyRow, '7'))).toBe('replica');
    expect(fallbacks).toEqual([['lag', 1]]);
  });

  it('takes a server that was promoted for one without lag', async () => {
    const { rows } = setUp(undefined, { replica: 'f', behind_ms: null });
    expect(from(await rows.read(view, keyRow))).toBe('replica');
  });

  it('waits a while for the proof, then asks the primary', async () => {
    let looks = 0;
    const late = setUp(() => ++looks > 2);
    expect(from(await late.rows.read(view, keyRow, '7'))).toBe('replica');
    expect([late.replica.asked.length, late.primary.asked]).toEqual([3, []]);

    const never = setUp(() => false);
    expect(from(await never.rows.read(view, keyRow, '7'))).toBe('primary');
    expect(never.primary.asked).toEqual([['7']]);
    expect(never.fallbacks).toEqual([['unproven', 1]]);
  });

  it('asks each server only for the rows that are its part of a batch', async () => {
    const { rows, primary, replica } = setUp(({ proof }) => proof !== '8');
    const proofs = ['7', '8', undefined, '9'];
    const reads = await rows.readBatch(
      view,
      proofs.map((proof) => ({ keyRow, proof })),
    );
    expect(reads.map(from)).toEqual(['replica', 'primary', 'replica', 'replica']);
    expect(replica.asked[0]).toEqual(proofs);
    expect(
      replica.asked
        .slice(1)
        .flat()
        .every((proof) => proof === '8'),
    ).toBe(true);
    expect(primary.asked).toEqual([['8']]);
  });

  it('reads the primary when the replica is down, and passes on what is wrong with the statement', async () => {
    const broken = setUp(() => down);
    expect(from(await broken.rows.read(view, keyRow, '7'))).toBe('primary');
    expect(broken.fallbacks).toEqual([['unavailable', 1]]);
    const wrong = new SqlReadError('HYBRIDGE_READER_SQL_REFUSED', 'no such column', { cause: undefined });
    await expect(setUp(() => wrong).rows.read(view, keyRow, '7')).rejects.toBe(wrong);
  });

  it('does not wait for a replica whose guard refuses', async () => {
    const { rows: replica, asked } = server('replica');
    const { rows, lagAsked } = setUp(undefined, undefined, { replica: { ...replica, refusal: () => down } });
    expect(from(await rows.read(view, keyRow))).toBe('primary');
    expect([asked, lagAsked()]).toEqual([[], 0]);
    expect(rows.refusal?.()).toBeUndefined();
  });

  it('keeps a place in the line of the replica, which counts though that line is full', async () => {
    const { rows: replica, asked } = server('replica');
    const budget = createSqlBudget({ queriesPerSecond: 1, burst: 2, concurrency: 1, maxWaiting: 0, maxWaitMs: 0 });
    const { rows } = setUp(undefined, undefined, { replica: guardRowReader(replica, { budget }) });
    const place = rows.reserve?.();
    expect(from(await rows.read(view, keyRow))).toBe('primary');
    expect(from(await place?.read(view, keyRow))).toBe('replica');
    expect(asked).toHaveLength(1);
  });

  it('keeps a place with the primary where the replica refuses', async () => {
    const { rows: primary } = server('primary');
    const budget = createSqlBudget({ queriesPerSecond: 1, burst: 2, concurrency: 1, maxWaiting: 0, maxWaitMs: 0 });
    const { rows: replica } = server('replica');
    const { rows } = setUp(undefined, undefined, {
      replica: { ...replica, refusal: () => down },
      primary: guardRowReader(primary, { budget }),
    });
    const place = rows.reserve?.();
    expect([rows.refusal?.()?.code, budget.waiting]).toEqual(['HYBRIDGE_READER_SQL_BUSY', 1]);
    expect(from(await place?.read(view, keyRow))).toBe('primary');
    rows.reserve?.()?.release();
    expect(budget.waiting).toBe(0);
  });

  it('compares with the primary, and offers it for answers that nothing proves', async () => {
    const { rows, primary } = setUp();
    expect(await rows.readMany(view, [keyRow])).toEqual([{ row: { city: { S: 'primary' } } }]);
    expect(rows.primary).toBe(primary.rows);
  });

  it.each([
    { fenceTtlMs: 60_000, maxLagMs: 6_001 },
    { fenceTtlMs: 60_000 },
    { maxLagMs: 120_001 },
    { maxLagMs: Number.NaN },
  ])('refuses the bounds %j', (wrong) => {
    expect(() => setUp(undefined, undefined, wrong)).toThrow(RangeError);
  });
});

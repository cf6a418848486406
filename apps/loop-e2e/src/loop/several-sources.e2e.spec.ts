/** One installation with two source databases: each with its own items, and one that is down holds up nothing of the other. */
import { createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import { type ConnectedReaders, connectReaders } from '@hybridge/reader-sql';
import { type ConnectedHybridge, connectHybridge } from '@hybridge/sdk';
import { compareAll } from '@hybridge/verify';
import { eventually } from './eventually.ts';
import { SOURCES, STORY, type TwoSources, catalog, startTwoSources, views } from './two-sources.ts';

jest.setTimeout(300_000);

let world: TwoSources;
let hybridge: ConnectedHybridge;
let dynamodb: ReturnType<typeof createDynamoDbClient>;
let rows: ConnectedReaders;

const ROWS = 60;

beforeAll(async () => {
  world = await startTwoSources();
  const { endpoints } = world.stack;
  const options = { region: endpoints.region, endpoint: endpoints.dynamodb.endpoint };
  dynamodb = createDynamoDbClient(options);
  const server = (source: string) => ({ primary: { url: world.urls.get(source) as string, applicationName: 'test' } });
  hybridge = connectHybridge({
    catalog,
    dynamodb: { ...options, tableName: world.tableName },
    sources: { shop: server('shop'), stock: server('stock') },
  });
  rows = connectReaders({
    sources: catalog.sources,
    urls: world.urls,
    applicationName: 'test',
    connectTimeoutMs: 1_000,
  });
});

afterAll(async () => {
  await rows?.[Symbol.asyncDispose]();
  await hybridge?.[Symbol.asyncDispose]();
  dynamodb?.destroy();
  await world?.[Symbol.asyncDispose]();
});

const nameOf = async (source: (typeof SOURCES)[number], id: number): Promise<unknown> =>
  (await hybridge.get(views[source].flat, [id], { consistent: true }))?.document.name;

const compare = () => {
  const left: string[] = [];
  const items = createItemReader(dynamodb, { tableName: world.tableName });
  const onUnavailable = ({ name }: { name: string }): void => void left.push(name);
  return compareAll(catalog, { rows, items }, { recheckPauseMs: 200, onUnavailable }).then((all) => ({
    left,
    compared: all.map(({ view, counts }) => [view, counts.stale + counts.missing + counts.extra]),
  }));
};

it('keeps rows of one table name, one key and two databases apart', async () => {
  for (const source of SOURCES) {
    await world.sql[source].query(
      `INSERT INTO things SELECT n, '${source} ' || n, $1 FROM generate_series(1, ${ROWS}) n`,
      [STORY],
    );
  }
  await eventually(
    'both',
    async () => (await nameOf('shop', ROWS)) !== undefined && (await nameOf('stock', ROWS)) !== undefined,
  );
  expect([await nameOf('shop', 1), await nameOf('stock', 1)]).toEqual(['shop 1', 'stock 1']);
  expect((await hybridge.get(views.stock.lazy, [2]))?.document.name).toBe('stock 2');
});

it('applies changes in the database of their view, and settles them by its inbox', async () => {
  for (const source of SOURCES) {
    const of = views[source].flat;
    const { token } = await hybridge.change(
      of,
      [3],
      { op: 'update', set: { name: `${source} changed` } },
      { by: 'me' },
    );
    await world.command(of, 3);
    expect(await hybridge.waitFor(token, { timeoutMs: 20_000 })).toMatchObject({ status: 'applied' });
    const { rows: found } = await world.sql[source].query('SELECT name FROM things WHERE id = 3');
    expect(found).toEqual([{ name: `${source} changed` }]);
  }
});

describe('while one database does not answer', () => {
  let waiting: string;

  beforeAll(async () => {
    world.stockWay.close();
    const of = views.stock.flat;
    for (const id of [4, 5, 6, 7]) {
      ({ token: waiting } = await hybridge.change(of, [id], { op: 'update', set: { name: 'waits' } }, { by: 'me' }));
      for (let copy = 0; copy < 10; copy++) await world.command(of, id);
    }
    // More than the projector takes in hand: each of them needs its row from SQL.
    await world.sql.stock.query(`UPDATE things SET name = 'newer ' || id WHERE id > 10`);
  });

  it('the projector goes on with the other', async () => {
    await eventually('the note', async () => (await world.notes('projector')).includes('source stock does not answer'));
    for (let round = 1; round <= 3; round++) {
      await world.sql.shop.query(`UPDATE things SET name = 'round ${round}' WHERE id > 10`);
      await eventually(`round ${round}`, async () => (await nameOf('shop', ROWS)) === `round ${round}`);
      const packed = await hybridge.get(views.shop.packed, [ROWS], { consistent: true });
      expect(packed?.document.story).toBe(STORY);
    }
  });

  it('the writeback goes on with the other', async () => {
    const of = views.shop.flat;
    const { token } = await hybridge.change(of, [4], { op: 'update', set: { name: 'done' } }, { by: 'me' });
    await world.command(of, 4);
    expect(await hybridge.waitFor(token, { timeoutMs: 20_000 })).toMatchObject({ status: 'applied' });
    expect(await hybridge.statusOf(waiting)).toMatchObject({ status: 'pending' });
    expect(await world.notes('writeback')).toEqual(['source stock does not answer']);
  });

  it('readers fill what is missing from the other', async () => {
    expect((await hybridge.get(views.shop.lazy, [9]))?.document.name).toBe('shop 9');
    await expect(hybridge.get(views.stock.lazy, [9])).rejects.toMatchObject({ retry: 'transient' });
    expect((await hybridge.get(views.shop.lazy, [10]))?.document.name).toBe('shop 10');
  });

  it('a comparison holds the other against its items', async () => {
    const { left, compared } = await compare();
    expect(left).toEqual(['stock-packed', 'stock-flat', 'stock-lazy']);
    expect(compared).toEqual([
      ['shop-packed', 0],
      ['shop-flat', 0],
      ['shop-lazy', 0],
    ]);
  });
});

it('catches up when it answers again', async () => {
  world.stockWay.open();
  const packedName = async (id: number) =>
    (await hybridge.get(views.stock.packed, [id], { consistent: true }))?.document.name;
  await eventually(
    'the changes',
    async () => (await packedName(7)) === 'waits' && (await nameOf('stock', 7)) === 'waits',
  );
  await eventually('the updates', async () => (await packedName(ROWS)) === `newer ${ROWS}`);
  await eventually('no notes', async () => {
    const notes = [...(await world.notes('projector')), ...(await world.notes('writeback'))];
    return notes.length === 0;
  });
  const differences = async () => {
    const { left, compared } = await compare();
    return left.length + compared.reduce((sum, [, count]) => sum + Number(count), 0);
  };
  await eventually('no difference', async () => (await differences()) === 0);
});

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import { silentLogger } from '@hybridge/observability';
import { number, text } from '@hybridge/protocol';
import {
  type StreamBatch,
  type StreamClients,
  type StreamRecord,
  createCheckpointStore,
  createStreamClients,
  createStreamSource,
} from '@hybridge/source-dynamodb-stream';
import { createCheckpointTable, createViewTable, deleteTable, setAttributes } from './view-table.ts';

const TABLE = 'views';
const CHECKPOINTS = 'checkpoints';

describe('the stream of a real table', () => {
  let stack: LocalStack;
  let clients: StreamClients;
  let client: DynamoDBClient;

  beforeAll(async () => {
    stack = await startStack({ ports: 'free', components: ['dynamodb'] });
    process.env['AWS_ACCESS_KEY_ID'] = stack.endpoints.credentials.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = stack.endpoints.credentials.secretAccessKey;
    clients = createStreamClients({ region: stack.endpoints.region, endpoint: stack.endpoints.dynamodb.endpoint });
    client = clients.dynamodb;
    await createCheckpointTable(client, CHECKPOINTS);
    await createViewTable(client, TABLE);
  });

  afterAll(async () => {
    clients?.destroy();
    await stack?.stop();
  });

  const item = (i: number) => ({ pk: `item-${i}`, sk: 'S' });
  const checkpoints = () => createCheckpointStore(client, { tableName: CHECKPOINTS });

  /** Reads until `done`; with `crashAt` the handler of that batch throws after its work and before its commit. */
  async function read(done: (seen: readonly StreamRecord[]) => boolean, crashAt?: number) {
    const stop = new AbortController();
    const seen: StreamRecord[] = [];
    let batches = 0;
    const source = createStreamSource(
      { ...clients, checkpoints: checkpoints(), logger: silentLogger() },
      { tableName: TABLE, discoveryIntervalMs: 100 },
    );
    const handle = async (batch: StreamBatch): Promise<void> => {
      seen.push(...batch.records);
      if (++batches === crashAt) throw new Error('crash');
      await batch.commit();
      if (done(seen)) stop.abort();
    };
    await source.run(handle, stop.signal).catch((error: Error) => {
      if (error.message !== 'crash') throw error;
    });
    return seen;
  }

  const valuesOf = (records: readonly StreamRecord[], i: number): readonly number[] =>
    records
      .filter((record) => record.key.pk === item(i).pk)
      .map(({ newImage }) => Number((newImage?.['n'] as { N: string }).N));

  it('hands out every write with both images and keeps every type of value', async () => {
    const bytes = new Uint8Array([0, 255]);
    const value = {
      L: [{ M: { deep: { NULL: true as const } } }, { BOOL: false }, number('9007199254740993.5'), { B: bytes }],
    };
    await setAttributes(client, TABLE, item(0), { n: number(1), value });
    await setAttributes(client, TABLE, item(0), { n: number(2) });
    const seen = await read((records) => records.length >= 2);
    const image = { pk: text('item-0'), sk: text('S'), value };
    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({ key: item(0), byTtl: false });
    expect(seen[0]?.oldImage).toBeUndefined();
    expect(seen[0]?.newImage).toEqual({ ...image, n: number(1) });
    expect(seen[1]?.oldImage).toEqual({ ...image, n: number(1) });
    expect(seen[1]?.newImage).toEqual({ ...image, n: number(2) });
    expect(Math.abs((seen[1]?.at ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('loses and reorders nothing over a restart and a crash before the commit', async () => {
    const items = [1, 2, 3];
    const write = async (from: number, to: number): Promise<void> => {
      for (let n = from; n <= to; n++) {
        await Promise.all(items.map((i) => setAttributes(client, TABLE, item(i), { n: number(n) })));
      }
    };
    const all = (n: number) => (seen: readonly StreamRecord[]) => items.every((i) => valuesOf(seen, i).includes(n));
    const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

    await write(1, 60);
    const first = await read(all(60));
    for (const i of items) expect(valuesOf(first, i)).toEqual(upTo(60));

    await write(61, 400);
    const crashed = await read(() => false, 1);
    expect(crashed).toHaveLength(1_000);
    const again = await read(all(400));
    expect(again.slice(0, 1_000).map((record) => record.sequence)).toEqual(crashed.map((record) => record.sequence));
    for (const i of items) expect([...valuesOf(first, i), ...valuesOf(again, i)]).toEqual(upTo(400));
  });

  it('never moves a checkpoint backwards', async () => {
    const shard = { streamArn: 'arn:1', shardId: 'shard-1' };
    const store = checkpoints();
    expect(await store.advance(shard, '900000000000000000001')).toBe(true);
    expect(await store.advance(shard, '1000000000000000000002')).toBe(true);
    expect(await store.advance(shard, '900000000000000000009')).toBe(false);
    expect(await store.advance(shard, '1000000000000000000002')).toBe(false);
    await store.finish(shard);
    const loaded = await store.load('arn:1', [
      'shard-1',
      'shard-2',
      ...Array.from({ length: 120 }, (_, i) => `none-${i}`),
    ]);
    expect([...loaded]).toEqual([['shard-1', { sequence: '1000000000000000000002', finished: true }]]);
  });

  it('begins anew with the stream of a table that was recreated', async () => {
    const seen: StreamRecord[] = [];
    const stop = new AbortController();
    const source = createStreamSource(
      { ...clients, checkpoints: checkpoints(), logger: silentLogger() },
      { tableName: TABLE, discoveryIntervalMs: 50 },
    );
    let onRecord: () => void = () => undefined;
    const nextRecord = () => new Promise<void>((resolve) => (onRecord = resolve));
    const running = source.run(async (batch) => {
      seen.push(...batch.records);
      await batch.commit();
      onRecord();
    }, stop.signal);

    let arrived = nextRecord();
    await setAttributes(client, TABLE, item(8), { n: number(1) });
    await arrived;
    await deleteTable(client, TABLE);
    await createViewTable(client, TABLE);
    arrived = nextRecord();
    await setAttributes(client, TABLE, item(9), { n: number(1) });
    await arrived;
    stop.abort();
    await running;
    expect(seen.map((record) => record.key.pk)).toEqual(['item-8', 'item-9']);
  });
});

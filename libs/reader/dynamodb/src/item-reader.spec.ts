import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { MAX_BATCH_KEYS, createItemReader } from './item-reader.ts';

type Input = Record<string, never> & { [name: string]: unknown };
type Answer = (call: string, input: Input) => unknown;

function readerOf(answer: Answer) {
  const inputs: Input[] = [];
  const client = {
    send: async (command: { constructor: { name: string }; input: Input }) => {
      inputs.push(command.input);
      return answer(command.constructor.name.replace('Command', ''), command.input);
    },
  };
  return { reader: createItemReader(client as unknown as DynamoDBClient, { tableName: 'views' }), inputs };
}

const key = (n: number) => ({ pk: `c1#${n}`, sk: 'CUSTOMER' });
const item = (n: number) => ({ pk: { S: `c1#${n}` }, sk: { S: 'CUSTOMER' }, bytes: { B: new Uint8Array([n]) } });
const asked = (input: Input) =>
  (input['RequestItems'] as never as { views: { Keys: { pk: { S: string } }[] } }).views.Keys;
const answerTo = (keys: readonly { pk: { S: string } }[]) => keys.map(({ pk }) => item(Number(pk.S.slice(3))));

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of items) all.push(one);
  return all;
}

describe('item reader', () => {
  it('reads one item consistently, as raw attribute values', async () => {
    const { reader, inputs } = readerOf(() => ({ Item: item(1) }));
    expect(await reader.get(key(1))).toEqual(item(1));
    expect(inputs[0]).toMatchObject({ ConsistentRead: true, Key: { pk: { S: 'c1#1' }, sk: { S: 'CUSTOMER' } } });
  });

  it('answers many keys in their order, absent ones with undefined, 100 a call', async () => {
    const { reader, inputs } = readerOf((_, input) => ({
      Responses: {
        views: answerTo(asked(input))
          .filter((one) => one.pk.S !== 'c1#7')
          .reverse(),
      },
    }));
    const keys = [...Array.from({ length: MAX_BATCH_KEYS + 5 }, (_, n) => key(n)), key(3)];
    const items = await reader.batchGet(keys);
    expect(items.map((one) => (one?.['pk'] as { S: string } | undefined)?.S)).toEqual(
      keys.map(({ pk }) => (pk === 'c1#7' ? undefined : pk)),
    );
    expect(inputs.map((input) => asked(input).length)).toEqual([100, 5]);
  });

  it('asks again for keys that were not processed', async () => {
    let calls = 0;
    const { reader, inputs } = readerOf((_, input) => {
      const keys = asked(input);
      return calls++ === 0
        ? { Responses: { views: answerTo(keys.slice(0, 1)) }, UnprocessedKeys: { views: { Keys: keys.slice(1) } } }
        : { Responses: { views: answerTo(keys) }, UnprocessedKeys: {} };
    });
    expect(await reader.batchGet([key(1), key(2)])).toEqual([item(1), item(2)]);
    expect(inputs).toHaveLength(2);
  });

  it('gives a read up when told to', async () => {
    const options: unknown[] = [];
    const client = { send: async (_: unknown, more?: unknown) => (options.push(more), {}) };
    const reader = createItemReader(client as unknown as DynamoDBClient, { tableName: 'views' });
    const { signal } = new AbortController();
    await reader.get(key(1), { signal });
    expect(options).toEqual([{ abortSignal: signal }]);
  });

  it.each([
    [{}, 'pk = :pk', {}],
    [{ low: 'A#' }, 'pk = :pk AND sk >= :low', { ':low': { S: 'A#' } }],
    [{ high: 'A$' }, 'pk = :pk AND sk <= :high', { ':high': { S: 'A$' } }],
    [
      { low: 'A#', high: 'A$' },
      'pk = :pk AND sk BETWEEN :low AND :high',
      { ':low': { S: 'A#' }, ':high': { S: 'A$' } },
    ],
  ])('reads a partition between bounds: %j', async (bounds, condition, values) => {
    const { reader, inputs } = readerOf(() => ({ Items: [item(1)], LastEvaluatedKey: { pk: { S: 'x' } } }));
    expect(await reader.query({ pk: 'c1#1', ...bounds })).toEqual({ items: [item(1)], more: true });
    expect(inputs[0]).toEqual({
      TableName: 'views',
      KeyConditionExpression: condition,
      ExpressionAttributeValues: { ':pk': { S: 'c1#1' }, ...values },
      ScanIndexForward: true,
      ConsistentRead: true,
    });
  });

  it('goes on behind a sort key, backwards, so many at a time', async () => {
    const { reader, inputs } = readerOf(() => ({}));
    const query = { pk: 'c1#1', after: 'B', descending: true, limit: 5, consistent: false };
    expect(await reader.query(query)).toEqual({ items: [], more: false });
    expect(inputs[0]).toMatchObject({
      ExclusiveStartKey: { pk: { S: 'c1#1' }, sk: { S: 'B' } },
      ScanIndexForward: false,
      ConsistentRead: false,
      Limit: 5,
    });
  });

  const index = { name: 'byStatus', partitionKey: '_byStatus_pk', sortKey: '_byStatus_sk' };
  it.each([
    [{}, '', {}],
    [{ low: 'a' }, ' AND #sk >= :low', { ':low': { S: 'a' } }],
    [{ high: 'b' }, ' AND #sk <= :high', { ':high': { S: 'b' } }],
    [{ low: 'a', high: 'b' }, ' AND #sk BETWEEN :low AND :high', { ':low': { S: 'a' }, ':high': { S: 'b' } }],
    [{ prefix: 'a' }, ' AND begins_with(#sk, :prefix)', { ':prefix': { S: 'a' } }],
  ])('reads a partition of an index: %j', async (bounds, condition, values) => {
    const { reader, inputs } = readerOf(() => ({ Items: [item(1)], LastEvaluatedKey: { pk: { S: 'x' } } }));
    expect(await reader.queryIndex({ index, pk: 'ST#a', ...bounds })).toEqual({ items: [item(1)], more: true });
    expect(inputs[0]).toEqual({
      TableName: 'views',
      IndexName: 'byStatus',
      KeyConditionExpression: `#pk = :pk${condition}`,
      ExpressionAttributeNames: { '#pk': '_byStatus_pk', ...(condition === '' ? {} : { '#sk': '_byStatus_sk' }) },
      ExpressionAttributeValues: { ':pk': { S: 'ST#a' }, ...values },
      ScanIndexForward: true,
    });
  });

  it('goes on behind an item of an index, backwards, so many at a time', async () => {
    const { reader, inputs } = readerOf(() => ({}));
    const query = { index, pk: 'ST#a', after: { sk: 'k', key: key(1) }, descending: true, limit: 5 };
    expect(await reader.queryIndex(query)).toEqual({ items: [], more: false });
    expect(inputs[0]).toMatchObject({
      ExclusiveStartKey: {
        _byStatus_pk: { S: 'ST#a' },
        _byStatus_sk: { S: 'k' },
        pk: { S: 'c1#1' },
        sk: { S: 'CUSTOMER' },
      },
      ScanIndexForward: false,
      Limit: 5,
    });
  });

  it('scans every page of every segment', async () => {
    const { reader, inputs } = readerOf((_, input) => {
      const segment = Number(input['Segment']);
      const second = input['ExclusiveStartKey'] !== undefined;
      return {
        Items: [item(segment * 10 + (second ? 1 : 0))],
        ...(second ? {} : { LastEvaluatedKey: { pk: { S: 'x' } } }),
      };
    });
    const found = await collected(reader.scan({ segments: 3 }));
    expect(found.map((one) => (one['pk'] as { S: string }).S).sort()).toEqual(
      ['c1#0', 'c1#1', 'c1#10', 'c1#11', 'c1#20', 'c1#21'].sort(),
    );
    expect(inputs.every((input) => Number(input['TotalSegments']) === 3)).toBe(true);
  });

  it('goes on behind an item', async () => {
    const { reader, inputs } = readerOf(() => ({ Items: [item(8)] }));
    expect(await collected(reader.scan({ after: key(7) }))).toEqual([item(8)]);
    expect(inputs[0]).toMatchObject({ ExclusiveStartKey: { pk: { S: 'c1#7' }, sk: { S: 'CUSTOMER' } } });
  });

  it('asks for no more attributes than it is to hand out', async () => {
    const { reader, inputs } = readerOf(() => ({ Items: [item(8)] }));
    await collected(reader.scan({ attributes: ['_st'] }));
    expect(inputs[0]).toMatchObject({
      ProjectionExpression: '#a0, #a1, #a2',
      ExpressionAttributeNames: { '#a0': 'pk', '#a1': 'sk', '#a2': '_st' },
    });
  });

  it('names pending items by key and time', async () => {
    const { reader, inputs } = readerOf(() => ({
      Items: [{ pk: { S: 'c1#1' }, sk: { S: 'CUSTOMER' }, _pt: { S: '2026-11-22T12:00:00.000Z' } }],
    }));
    expect(await collected(reader.pendingItems())).toEqual([{ key: key(1), since: Date.UTC(2026, 10, 22, 12) }]);
    expect(inputs[0]).toMatchObject({ IndexName: 'pending' });
  });

  it.each([
    ['ProvisionedThroughputExceededException', 400, 'transient'],
    ['ResourceNotFoundException', 400, 'permanent'],
    ['InternalServerError', 500, 'transient'],
    ['TimeoutError', undefined, 'transient'],
  ])('classes %s as %s %s', async (name, httpStatusCode, retry) => {
    const { reader } = readerOf(() => {
      throw Object.assign(new Error('x'), { name, $metadata: { httpStatusCode } });
    });
    await expect(reader.get(key(1))).rejects.toMatchObject({ name: 'ItemReaderError', call: 'GetItem', retry });
    await expect(collected(reader.scan({ segments: 2 }))).rejects.toMatchObject({ retry });
  });
});

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Item, type ItemKey, type Write, decideRowChange, formatKey, keyOf, text } from '@hybridge/protocol';
import { KEY, createMemoryItemStore, rowChange, testContext } from '@hybridge/testkit';
import { wholeItem } from '../batch/whole-item.ts';
import { createBulkWriter } from './bulk-writer.ts';
import { PutsForbiddenError } from './errors.ts';

interface Input {
  readonly RequestItems: { readonly views: readonly { readonly PutRequest: { readonly Item: Item } }[] };
}

/** A client whose calls are answered by a function of the keys and the number of the call. */
function setUp(answer: (items: readonly Item[], call: number) => unknown, maxCalls = 2) {
  const sent: string[][] = [];
  const client = {
    send: async ({ input }: { input: Input }) => {
      const items = input.RequestItems.views.map(({ PutRequest }) => PutRequest.Item);
      sent.push(items.map((item) => formatKey(keyOf(item))));
      return answer(items, sent.length);
    },
  };
  return { sent, writer: createBulkWriter(client as unknown as DynamoDBClient, { tableName: 'views', maxCalls }) };
}

const context = testContext();
const keyNo = (i: number): ItemKey => ({ ...KEY, sk: `S${i}` });

function put(key: ItemKey, columns = { city: text('c'), name: text('n') }): Write {
  const decision = decideRowChange(rowChange({ key, columns }), 'eager', context, undefined);
  if (decision.do !== 'write') throw new Error('a write was expected');
  return decision.write;
}

const puts = (count: number): readonly Write[] => Array.from({ length: count }, (_, i) => put(keyNo(i)));

function failure(name: string, httpStatusCode?: number, message = 'no'): Error {
  return Object.assign(new Error(message), { name, ...(httpStatusCode && { $metadata: { httpStatusCode } }) });
}

const left = (items: readonly Item[]) => ({
  UnprocessedItems: { views: items.map((Item) => ({ PutRequest: { Item } })) },
});

describe('the bulk writer', () => {
  it('stores what the conditional write makes of nothing', async () => {
    const store = createMemoryItemStore();
    const write = put(KEY);
    await store.write(write);
    expect(wholeItem(write)).toEqual(store.peek(KEY));
  });

  it('sends what waits at the same time in calls of 25, and is idle when they are answered', async () => {
    const { writer, sent } = setUp(() => ({}));
    let isIdle = false;
    const all = Promise.all(puts(60).map((write) => writer.put(write)));
    const idle = writer.idle().then(() => (isIdle = true));
    expect(isIdle).toBe(false);
    await all;
    await idle;
    await writer.idle();
    expect(sent.map((keys) => keys.length)).toEqual([25, 25, 10]);
  });

  it('never names a key twice in one call', async () => {
    const { writer, sent } = setUp(() => ({}));
    await Promise.all([put(keyNo(1)), put(keyNo(1)), put(keyNo(2))].map((write) => writer.put(write)));
    expect(sent).toEqual([[formatKey(keyNo(1)), formatKey(keyNo(2))], [formatKey(keyNo(1))]]);
  });

  it('calls what was left unprocessed transient, and that only', async () => {
    const { writer, sent } = setUp((items) => left(items.slice(1)));
    const [stored, refused] = await Promise.allSettled(puts(2).map((write) => writer.put(write)));
    expect(stored).toMatchObject({ status: 'fulfilled' });
    expect(refused).toMatchObject({ reason: { name: 'DynamoDbSinkError', retry: 'transient', key: keyNo(1) } });
    expect(sent).toHaveLength(1);
  });

  it('calls a throttled call transient', async () => {
    const { writer } = setUp(() => Promise.reject(failure('ThrottlingException', 400)));
    await expect(writer.put(put(KEY))).rejects.toMatchObject({ name: 'DynamoDbSinkError', retry: 'transient' });
  });

  it('finds the item that is too large', async () => {
    const isLarge = (item: Item): boolean => item['sk']?.['S' as never] === 'S1';
    const { writer, sent } = setUp((items) =>
      items.some(isLarge)
        ? Promise.reject(failure('ValidationException', 400, 'Item size has exceeded the limit'))
        : {},
    );
    const results = await Promise.allSettled(puts(3).map((write) => writer.put(write)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'HYBRIDGE_SINK_ITEM_TOO_LARGE', key: keyNo(1) } });
    expect(sent.map((keys) => keys.length)).toEqual([3, 1, 1, 1]);
  });

  it.each([
    ['a time-out', failure('TimeoutError')],
    ['a lost connection', failure('ECONNRESET')],
    ['a 500', failure('InternalServerError', 500)],
    ['a 503', failure('ServiceUnavailable', 503)],
    ['an answer nobody can read', failure('SyntaxError', 200)],
    ['a throttling that came from no answer', failure('ThrottlingException', 500)],
  ])('takes %s for no answer, and does not repeat the call', async (_, cause) => {
    const { writer, sent } = setUp(() => Promise.reject(cause));
    for (const result of await Promise.allSettled(puts(2).map((write) => writer.put(write)))) {
      expect(result).toMatchObject({ reason: { name: 'PutUnansweredError', cause } });
    }
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['a put that was not sent', new PutsForbiddenError('lease')],
    ['a refusal that is no matter of items', failure('InvalidSignatureException', 403)],
  ])('says of %s that no other will do', async (_, cause) => {
    const { writer } = setUp(() => Promise.reject(cause));
    await expect(writer.put(put(KEY))).rejects.toBeInstanceOf(PutsForbiddenError);
    await writer.idle();
  });
});

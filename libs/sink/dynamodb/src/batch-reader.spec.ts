import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ItemKey, formatKey } from '@hybridge/protocol';
import { createBatchReader } from './batch-reader.ts';

type RawKey = { readonly pk: { readonly S: string }; readonly sk: { readonly S: string } };
interface Request {
  readonly RequestItems: { readonly views: { readonly Keys: readonly RawKey[]; readonly ConsistentRead: boolean } };
}

function readerOf(answer: (keys: readonly RawKey[], call: number) => unknown) {
  const requests: Request[] = [];
  const client = {
    send: async ({ input }: { input: Request }) => {
      requests.push(input);
      return answer(input.RequestItems.views.Keys, requests.length);
    },
  };
  return { reader: createBatchReader(client as unknown as DynamoDBClient, { tableName: 'views' }), requests };
}

const key = (n: number): ItemKey => ({ pk: `c1#${n}`, sk: 'CUSTOMER' });
const isPresent = ({ pk }: RawKey): boolean => Number(pk.S.slice(3)) % 2 === 0;

describe('batch reader', () => {
  it('names every key it was asked for, absent ones too, with 100 consistent reads a call', async () => {
    const { reader, requests } = readerOf((keys) => ({ Responses: { views: keys.filter(isPresent) } }));
    const keys = Array.from({ length: 150 }, (_, n) => key(n));
    const items = await reader.read([...keys, key(4)]);
    expect(items.size).toBe(150);
    expect(items.get(formatKey(key(4)))).toEqual({ item: { pk: { S: 'c1#4' }, sk: { S: 'CUSTOMER' } } });
    expect(items.get(formatKey(key(5)))).toEqual({ item: undefined });
    expect(requests.map(({ RequestItems: { views } }) => [views.Keys.length, views.ConsistentRead])).toEqual([
      [100, true],
      [50, true],
    ]);
  });

  it('does not take a key that was left unprocessed for an absent one', async () => {
    const { reader, requests } = readerOf((keys, call) =>
      call === 1
        ? { Responses: { views: [] }, UnprocessedKeys: { views: { Keys: keys } } }
        : { Responses: { views: keys } },
    );
    expect((await reader.read([key(2)])).get(formatKey(key(2)))?.item).toBeDefined();
    expect(requests).toHaveLength(2);
  });

  it('passes on the retry class of a failure', async () => {
    const { reader } = readerOf(() => {
      throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    });
    await expect(reader.read([key(1)])).rejects.toMatchObject({ name: 'ItemReaderError', retry: 'transient' });
  });
});

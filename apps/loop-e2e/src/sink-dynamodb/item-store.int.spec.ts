import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { type ItemStore, carryOut, decideRowChange, leaseWrite, scalarOf, text } from '@hybridge/protocol';
import { createDynamoDbClient, createItemStore } from '@hybridge/sink-dynamodb';
import { KEY, rowChange, testContext } from '@hybridge/testkit';

type Client = ReturnType<typeof createDynamoDbClient>;

describe('the item store on DynamoDB', () => {
  let stack: LocalStack;
  let client: Client;
  let store: ItemStore;
  const context = testContext();
  const keyOf = (name: string) => ({ ...KEY, sk: name });
  const apply = (name: string, n: number) => {
    const change = rowChange({ n, key: keyOf(name) });
    return carryOut(store, change.key, (seen) => decideRowChange(change, 'eager', context, seen));
  };

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
    const { region, dynamodb, credentials } = stack.endpoints;
    client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
    store = createItemStore(client, await provisionTablesOnly(stack.endpoints));
  });
  afterAll(async () => {
    client.destroy();
    await stack.stop();
  });

  it('writes what is newer, and hands back the item that is as new already', async () => {
    expect((await apply('a', 2)).outcome).toBe('applied');
    const { outcome, item } = await apply('a', 1);
    expect(outcome).toBe('stale');
    expect(scalarOf(item?.['city'])).toBe('city 2');
    expect(scalarOf((await store.get(keyOf('a')))?.['city'])).toBe('city 2');
  });

  it('says that a key has no item', async () => {
    expect(await store.get(keyOf('nothing'))).toBeUndefined();
  });

  it('returns the new item to those who ask for it', async () => {
    const leased = await store.write(leaseWrite(keyOf('b'), 'token', context));
    expect(leased).toMatchObject({ ok: true, item: { _lt: text('token') } });
  });

  it('names the key of an item that is too large, as a permanent error', async () => {
    const change = rowChange({ key: keyOf('large'), columns: { city: text('x'.repeat(410_000)), name: text('n') } });
    const writing = carryOut(store, change.key, (seen) => decideRowChange(change, 'eager', context, seen));
    await expect(writing).rejects.toMatchObject({
      code: 'HYBRIDGE_SINK_ITEM_TOO_LARGE',
      retry: 'permanent',
      key: keyOf('large'),
    });
  });

  it('calls a table that is missing permanent, and a server that does not answer transient', async () => {
    const elsewhere = createItemStore(client, { tableName: 'no-such-table' });
    await expect(elsewhere.get(KEY)).rejects.toMatchObject({ retry: 'permanent' });
    const dead = createDynamoDbClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:9',
      credentials: stack.endpoints.credentials,
    });
    await expect(createItemStore(dead, { tableName: 'any' }).get(KEY)).rejects.toMatchObject({ retry: 'transient' });
    dead.destroy();
  });
});

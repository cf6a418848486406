import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { type ParkedKey, type ParkedKeys, createDynamoDbClient, createParkedKeys } from '@hybridge/sink-dynamodb';

describe('the parked keys on DynamoDB', () => {
  let stack: LocalStack;
  let client: ReturnType<typeof createDynamoDbClient>;
  let keys: ParkedKeys;

  const parked = (sk: string, overrides: Partial<ParkedKey> = {}): ParkedKey => ({
    view: 'addresses',
    key: { pk: 'c1#CUSTOMER#42', sk },
    topic: 'shop.public.addresses',
    partition: 3,
    offset: '9007199254740993',
    reason: 'city: 5 is not a value of type text.',
    at: 1_700_000_000_000,
    ...overrides,
  });
  const releaseAll = async (): Promise<void> => {
    for (const { key } of await keys.list()) await keys.release(key);
  };

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
    const { region, dynamodb, credentials } = stack.endpoints;
    client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
    keys = createParkedKeys(client, await provisionTablesOnly(stack.endpoints));
  });
  afterEach(releaseAll);
  afterAll(async () => {
    client.destroy();
    await stack.stop();
  });

  it('are none at first', async () => {
    expect(await keys.list()).toEqual([]);
    expect(await keys.has(parked('a').key)).toBe(false);
  });

  it('come back as they went in, offsets above 2^53 and empty sort keys included', async () => {
    const [one, other] = [parked('ADDRESS#home'), parked('', { partition: 0, offset: '0', at: 1_700_000_000_001 })];
    await keys.park(one);
    await keys.park(other);
    expect(await keys.list()).toEqual([one, other]);
    expect([await keys.has(one.key), await keys.has(other.key), await keys.has(parked('else').key)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('are listed in the order of parking', async () => {
    for (const [i, at] of [30, 10, 20].entries()) await keys.park(parked(`k${i}`, { at }));
    expect((await keys.list()).map(({ at }) => at)).toEqual([10, 20, 30]);
  });

  it('keep the first record as their reason', async () => {
    await keys.park(parked('a'));
    await keys.park(parked('a', { offset: '7', reason: 'waits' }));
    expect(await keys.list()).toEqual([parked('a')]);
  });

  it('can be longer than a sort key, and their reasons are cut', async () => {
    const long = parked('x'.repeat(5_000), { reason: 'r'.repeat(10_000) });
    await keys.park(long);
    expect(await keys.has(long.key)).toBe(true);
    expect(await keys.list()).toEqual([{ ...long, reason: 'r'.repeat(2_000) }]);
  });

  it('are all listed, also when one page does not hold them', async () => {
    const count = 600; // of about 2.2 KB: more than the 1 MB of a page
    const some = Array.from({ length: count }, (_, i) => parked(`many${i}`, { reason: 'r'.repeat(2_000), at: i }));
    for (let from = 0; from < count; from += 50) await Promise.all(some.slice(from, from + 50).map(keys.park, keys));
    expect((await keys.list()).map(({ key }) => key.sk)).toEqual(some.map(({ key }) => key.sk));
  });

  it('are released one by one; releasing one that is not parked does nothing', async () => {
    await keys.park(parked('a'));
    await keys.park(parked('b'));
    await keys.release(parked('a').key);
    await keys.release(parked('a').key);
    expect(await keys.list()).toEqual([parked('b')]);
  });

  it('name the key in an error, with the retry class of its cause', async () => {
    const elsewhere = createParkedKeys(client, { tableName: 'no-such-table' });
    const { key } = parked('a');
    await expect(elsewhere.park(parked('a'))).rejects.toMatchObject({ retry: 'permanent', key });
    await expect(elsewhere.release(key)).rejects.toMatchObject({ retry: 'permanent', key });
    await expect(elsewhere.list()).rejects.toMatchObject({ retry: 'permanent' });
  });
});

import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import {
  type ItemKey,
  type ItemStore,
  carryOut,
  decideRowChange,
  fillWrite,
  formatKey,
  leaseOf,
  leaseWrite,
  stateOf,
  text,
  plainShape,
} from '@hybridge/protocol';
import { type BatchReader, createBatchReader, createDynamoDbClient, createItemStore } from '@hybridge/sink-dynamodb';
import { KEY, rowChange, testContext } from '@hybridge/testkit';

describe('a batched read in front of the changes of a lazy view', () => {
  let stack: LocalStack;
  let client: ReturnType<typeof createDynamoDbClient>;
  let store: ItemStore;
  let reader: BatchReader;
  let sent: string[] = [];
  const context = testContext();

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
    const { region, dynamodb, credentials } = stack.endpoints;
    client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
    const { tableName } = await provisionTablesOnly(stack.endpoints);
    const plain = createItemStore(client, { tableName });
    store = { get: plain.get, write: (write) => (sent.push(write.expression), plain.write(write)) };
    reader = createBatchReader(client, { tableName });
  });
  afterAll(async () => {
    client.destroy();
    await stack.stop();
  });

  const keyOf = (group: string, i: number): ItemKey => ({ pk: `${KEY.pk}#${group}`, sk: String(i) });

  async function read(key: ItemKey): Promise<void> {
    const leased = await store.write(leaseWrite(key, 'token', context));
    if (!leased.ok || leased.item === undefined) throw new Error(`no lease for ${formatKey(key)}`);
    await store.write(
      fillWrite(
        leaseOf(key, 'token', leased.item),
        plainShape(['city', 'name']),
        { city: text('c'), name: text('n') },
        context,
      ),
    );
  }

  /** What one change costs each key, and what it leaves. */
  async function change(keys: readonly ItemKey[], n: number) {
    const seen = await reader.read(keys);
    sent = [];
    await Promise.all(
      keys.map((key) => {
        const event = rowChange({ n, key });
        return carryOut(store, key, (now) => decideRowChange(event, 'lazy', context, now), seen.get(formatKey(key)));
      }),
    );
    const after = await reader.read(keys);
    return { sent, states: keys.map((key) => stateOf(after.get(formatKey(key))?.item ?? {})) };
  }

  it('leaves one write for a key nobody read, and one for a key somebody read', async () => {
    const unread = Array.from({ length: 120 }, (_, i) => keyOf('unread', i));
    const live = Array.from({ length: 5 }, (_, i) => keyOf('live', i));
    await Promise.all(live.map(read));
    for (const n of [1, 2]) {
      const { sent: expressions, states } = await change([...unread, ...live], n);
      expect(expressions.slice().sort()).toEqual([...unread.map(() => 'fence'), ...live.map(() => 'upsertLazy')]);
      expect(states).toEqual([...unread.map(() => 'F'), ...live.map(() => 'L')]);
    }
  });

  it('writes nothing for a change that the item holds already', async () => {
    const key = keyOf('stale', 0);
    await read(key);
    await change([key], 2);
    expect((await change([key], 1)).sent).toEqual([]);
  });

  it('is only a first look: a fill that comes after it is not lost', async () => {
    const key = keyOf('late', 0);
    const seen = await reader.read([key]);
    await read(key);
    const event = rowChange({ n: 3, key });
    const decide = (now: Parameters<typeof decideRowChange>[3]) => decideRowChange(event, 'lazy', context, now);
    expect((await carryOut(store, key, decide, seen.get(formatKey(key)))).outcome).toBe('applied');
    expect((await store.get(key))?.['city']).toEqual(text('city 3'));
  });
});

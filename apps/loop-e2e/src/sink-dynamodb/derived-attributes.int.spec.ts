/** Keys of indexes and computed attributes on DynamoDB, on each way an item is written. */
import { CreateTableCommand, QueryCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { parseChangeEvent } from '@hybridge/contracts';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import {
  type Attributes,
  type Item,
  type ItemStore,
  type RowChange,
  type Truth,
  carryOut,
  decideCustomerChange,
  decideRepair,
  decideRowChange,
  decideSettle,
  fillWrite,
  isIndexAttribute,
  leaseOf,
  leaseWrite,
  scalarOf,
  text,
} from '@hybridge/protocol';
import {
  createBatchedItemStore,
  createBulkWriter,
  createDynamoDbClient,
  createItemStore,
} from '@hybridge/sink-dynamodb';
import {
  changeEvent,
  createMemoryItemStore,
  customerChange,
  settleSignal,
  testContext,
  versionAt,
} from '@hybridge/testkit';
import {
  UNAVAILABLE,
  attribute,
  column,
  createCatalog,
  decodeRowChange,
  decodeTextRow,
  int4,
  notNull,
  nullable,
  projectRow,
  shapeOf,
  source,
  table,
  text as textColumn,
  view,
} from '@hybridge/views';

const people = table({
  source: source('shop', 'postgres'),
  name: 'public.people',
  primaryKey: ['id'],
  columns: {
    id: notNull(int4()),
    name: notNull(textColumn()),
    city: nullable(textColumn()),
    bio: nullable(textColumn()),
    hidden: nullable(textColumn()),
  },
});
const peopleView = view('people', {
  table: people,
  key: { pk: ['p1', column('id')], sk: ['P'] },
  attributes: { id: 'id', name: 'name', city: 'city', bio: 'bio' },
  computed: {
    label: {
      from: ['name', 'city'],
      type: nullable(textColumn()),
      value: ({ name, city }) => city && `${name}-${city}`,
    },
  },
  where: { from: ['hidden'], keep: ({ hidden }) => hidden === null },
  indexes: {
    byCity: { pk: ['CITY', attribute('city')], sk: [attribute('name')] },
    byLabel: { pk: ['LABEL'], sk: [attribute('label')] },
  },
  changes: { allow: ['city'], insert: true, delete: true },
});
const shape = shapeOf(peopleView);
const catalog = createCatalog([peopleView]);
const BASE = { name: 'Ada', city: 'Leiden', bio: 'long', hidden: null };

const keyOf = (id: number) => ({ pk: `p1#${id}`, sk: 'P' });
const changeOf = (id: number, n: number, after: object | undefined): RowChange =>
  decodeRowChange(
    peopleView,
    parseChangeEvent(
      changeEvent({
        table: people.name,
        lsn: n * 10,
        ...(after === undefined ? { before: { id } } : { op: 'u', after: { ...after, id } as never }),
      }),
    ),
    { epoch: 0, offset: BigInt(n), key: JSON.stringify({ id }), aged: false },
  ).change;

describe('what is derived of an item, on DynamoDB', () => {
  const tableName = 'derived';
  const context = testContext();
  let stack: LocalStack;
  let client: ReturnType<typeof createDynamoDbClient>;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
    const { region, dynamodb, credentials } = stack.endpoints;
    client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
    const keySchema = (pk: string, sk: string) => [
      { AttributeName: pk, KeyType: 'HASH' as const },
      { AttributeName: sk, KeyType: 'RANGE' as const },
    ];
    const names = ['pk', 'sk', ...catalog.indexes.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])];
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: keySchema('pk', 'sk'),
        AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
        GlobalSecondaryIndexes: catalog.indexes.map(({ name, partitionKey, sortKey }) => ({
          IndexName: name,
          KeySchema: keySchema(partitionKey, sortKey),
          Projection: { ProjectionType: 'ALL' },
        })),
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName: tableName });
  });
  afterAll(async () => {
    client.destroy();
    await stack.stop();
  });

  /** Sort keys of an index partition, as DynamoDB has them. */
  async function listed(index: 'byCity' | 'byLabel', partition: string): Promise<readonly string[]> {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: index,
        KeyConditionExpression: '#p = :p',
        ExpressionAttributeNames: { '#p': `_${index}_pk` },
        ExpressionAttributeValues: { ':p': { S: partition } },
      }),
    );
    return Items.map((item) => scalarOf((item as Item)[`_${index}_sk`]) ?? '');
  }

  describe.each([
    [1, 'single writes', () => createItemStore(client, { tableName })],
    [2, 'batched statements', () => createBatchedItemStore(client, { tableName })],
  ] as const)('of item %d, by %s', (id, _, open) => {
    it('follows what the item shows, and does what the memory store does', async () => {
      const key = keyOf(id);
      const memory = createMemoryItemStore();
      const stores: readonly ItemStore[] = [open(), memory];
      const both = async (act: (store: ItemStore) => Promise<unknown>) => {
        for (const store of stores) await act(store);
        const item = await stores[0]?.get(key);
        expect(withoutNonce(item)).toEqual(withoutNonce(memory.peek(key)));
        return item ?? {};
      };
      const row = (n: number, after: object | undefined) =>
        both((store) =>
          carryOut(store, key, (seen) => decideRowChange(changeOf(id, n, after), 'eager', context, seen)),
        );
      const ask = (id: string, op: 'u' | 'd', set: Attributes) =>
        both((store) => {
          const change = customerChange({ id, key, op, set, shape });
          return carryOut(store, key, (seen) => decideCustomerChange(change, context, seen));
        });
      const settle = (n: number, id: string, out: 'A' | 'R', image?: Truth) =>
        both((store) => {
          const signal = settleSignal({ n, id, key, shape, image, outcome: { id, out, at: 1 } });
          return carryOut(store, key, (seen) => decideSettle({ ...signal, version: versionAt(n) }, context, seen));
        });

      expect(await row(1, BASE)).toMatchObject({ label: text('Ada-Leiden'), _byCity_pk: text('CITY#Leiden') });
      expect([await listed('byCity', 'CITY#Leiden'), await listed('byLabel', 'LABEL')]).toEqual([
        ['Ada'],
        ['Ada-Leiden'],
      ]);

      // An update that leaves a large value out: all sources of the indexes are there.
      await row(2, { ...BASE, city: 'Delft', bio: UNAVAILABLE });
      expect([await listed('byCity', 'CITY#Leiden'), await listed('byCity', 'CITY#Delft')]).toEqual([[], ['Ada']]);

      // A customer moves it in the index, then out of it; what SQL refuses comes back.
      await ask('c1', 'u', { city: text('Gouda') });
      expect([await listed('byCity', 'CITY#Delft'), await listed('byCity', 'CITY#Gouda')]).toEqual([[], ['Ada']]);
      expect(await ask('c2', 'u', { city: { NULL: true } })).toMatchObject({ label: { NULL: true } });
      expect([await listed('byCity', 'CITY#Gouda'), await listed('byLabel', 'LABEL')]).toEqual([[], []]);
      await settle(3, 'c2', 'R');
      expect([await listed('byCity', 'CITY#Gouda'), await listed('byLabel', 'LABEL')]).toEqual([
        ['Ada'],
        ['Ada-Gouda'],
      ]);

      // A row that comes in below a pending change is shown with it.
      await row(40, { ...BASE, name: 'Eva', city: 'Breda' });
      expect(await listed('byLabel', 'LABEL')).toEqual(['Eva-Gouda']);
      await settle(50, 'c1', 'R');
      expect([await listed('byCity', 'CITY#Breda'), await listed('byLabel', 'LABEL')]).toEqual([
        ['Eva'],
        ['Eva-Breda'],
      ]);

      // Deleted by a customer, refused, gone out of the view, back, deleted in SQL.
      expect(indexAttributesIn(await ask('c3', 'd', {}))).toEqual([]);
      expect(await listed('byLabel', 'LABEL')).toEqual([]);
      await settle(60, 'c3', 'R');
      expect(await listed('byLabel', 'LABEL')).toEqual(['Eva-Breda']);
      expect(indexAttributesIn(await row(70, { ...BASE, hidden: 'yes' }))).toEqual([]);
      expect(await listed('byLabel', 'LABEL')).toEqual([]);
      await row(80, BASE);
      expect(await listed('byLabel', 'LABEL')).toEqual(['Ada-Leiden']);
      await both((store) => carryOut(store, key, (seen) => decideRepair(key, context, seen)));
      expect(await listed('byLabel', 'LABEL')).toEqual([]);
      await both(async (store) => {
        const leased = await store.write(leaseWrite(key, 'token', context));
        const texts = { id: String(id), name: 'Ada', city: 'Leiden', bio: null, hidden: null };
        const columns = projectRow(peopleView, decodeTextRow(people, Object.keys(texts), texts));
        await store.write(fillWrite(leaseOf(key, 'token', leased.item as Item), shape, columns, context));
      });
      expect(await listed('byLabel', 'LABEL')).toEqual(['Ada-Leiden']);
      await row(90, undefined);
      expect([await listed('byCity', 'CITY#Leiden'), await listed('byLabel', 'LABEL')]).toEqual([[], []]);
    });
  });

  it('stands in whole items that a first load puts', async () => {
    const decision = decideRowChange(changeOf(3, 1, BASE), 'eager', context, undefined);
    if (decision.do !== 'write') throw new Error('an eager row is written');
    await createBulkWriter(client, { tableName }).put(decision.write);
    expect(await listed('byCity', 'CITY#Leiden')).toEqual(['Ada']);
  });
});

const withoutNonce = (item: Item | undefined): Item | undefined => {
  if (item === undefined) return undefined;
  const { _w: _, _lt: __, ...rest } = item;
  return rest;
};

const indexAttributesIn = (item: Item): readonly string[] => Object.keys(item).filter(isIndexAttribute);

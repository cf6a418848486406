/** Joins: the in-memory item store, single writes and batched writes agree on every expression, over random items. */
import { CreateTableCommand, DynamoDBClient, PutItemCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import {
  type AttributeValue,
  type Attributes,
  type FragmentPart,
  type Item,
  type ItemKey,
  type ItemStore,
  JoinMeta,
  type JoinExpressionName,
  JoinExpressions,
  Meta,
  type Write,
  buildWrite,
  fragmentMeta,
  map,
  sameAttributes,
  text,
  withFragments,
} from '@hybridge/protocol';
import { createBatchedItemStore, createItemStore } from '@hybridge/sink-dynamodb';
import { createMemoryItemStore } from '@hybridge/testkit';
import fc from 'fast-check';

const TABLE = 'joins';
const SAMPLES = 60;

let stack: LocalStack;
let client: DynamoDBClient;
let stores: { readonly single: ItemStore; readonly batched: ItemStore };

beforeAll(async () => {
  stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
  const { dynamodb, region, credentials } = stack.endpoints;
  client = new DynamoDBClient({ endpoint: dynamodb.endpoint, region, credentials });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 0.1 }, { TableName: TABLE });
  const options = { tableName: TABLE };
  stores = { single: createItemStore(client, options), batched: createBatchedItemStore(client, options) };
}, 300_000);

afterAll(async () => {
  client?.destroy();
  await stack?.stop();
});

const state = fc.constantFrom('L', 'T', 'F', 'D').map(text);
const versionText = fc.constantFrom('', '0000.0', '0000.5', '0000.5/0000.1', '0001.0');
const version = versionText.map(text);
const nonce = fc.constantFrom('w0', 'w1').map(text);
const parentText = fc.constantFrom('', 'A#customers#1', 'A#customers#2');
const parent = parentText.map(text);
const count = fc.constantFrom('0', '1', '10').map((N): AttributeValue => ({ N }));
const value: fc.Arbitrary<AttributeValue> = fc.constantFrom<AttributeValue>(
  text('Ada'),
  { NULL: true },
  map({ name: text('Ada'), city: { NULL: true } }),
);
/** As it is, and as somebody else may have left it. */
const meta = fc.oneof(
  { weight: 6, arbitrary: fc.record({ k: parent, v: version }).map(map) },
  { weight: 1, arbitrary: fc.record({ k: parent }).map(map) },
  { weight: 1, arbitrary: version },
);

const attributes = fc
  .record(
    {
      [Meta.state]: state,
      [Meta.version]: version,
      [Meta.nonce]: nonce,
      [Meta.leaseToken]: nonce,
      [Meta.leaseExpiry]: count,
      [JoinMeta.cursor]: version,
      [JoinMeta.from]: version,
      [JoinMeta.visited]: count,
      [JoinMeta.raisedAt]: count,
      [fragmentMeta('customer')]: meta,
      [fragmentMeta('shipper')]: meta,
      customer: value,
      shipper: value,
      qty: count,
    },
    { requiredKeys: [] },
  )
  .map((given) => ({ ...given }) as Attributes);

const values = fc.record({
  v: version,
  v0: version,
  w: nonce,
  w0: nonce,
  fx: version,
  fv: value,
  ct: count,
  x: count,
  at: value,
  start: fc.constant(text('')),
  first: fc.constant(text('first')),
  none: count,
  now: count,
  from: version,
  jc: version,
  jl: version,
  jn: count,
  ek0: parent,
  ev0: version,
  e0: meta,
  f0: value,
});

let samples = 0;
const freshKey = (): ItemKey => ({ pk: `sample-${++samples}`, sk: 'S' });
const itemAt = (key: ItemKey, given: Attributes): Item => ({ ...given, pk: text(key.pk), sk: text(key.sk) });

type Make = (key: ItemKey) => Write;

/** What became of a write, and of the item. */
async function outcome(store: ItemStore, write: Write): Promise<{ ok: boolean; after: Item | undefined }> {
  const { ok, item } = await store.write(write);
  const after = await store.get(write.key);
  if (!ok && !same(item, after)) throw new Error(`The refusal of ${write.expression} does not show the item.`);
  return { ok, after };
}

const same = (a: Item | undefined, b: Item | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameAttributes(withoutKey(a), withoutKey(b));
const withoutKey = ({ pk: _, sk: __, ...rest }: Item): Attributes => rest;

/** @returns whether each of the writes held */
async function expectAgreement(given: readonly (Attributes | undefined)[], make: Make, at: number): Promise<boolean> {
  const before = given[at];
  const results = await Promise.all(
    [undefined, stores.single, stores.batched].map(async (store) => {
      const key = freshKey();
      const item = before === undefined ? undefined : itemAt(key, before);
      if (store !== undefined && item !== undefined) {
        await client.send(new PutItemCommand({ TableName: TABLE, Item: item as never }));
      }
      return outcome(store ?? createMemoryItemStore(item === undefined ? [] : [item]), make(key));
    }),
  );
  const [mine, ...theirs] = results;
  for (const one of theirs) {
    const agrees = one.ok === mine?.ok && same(one.after, mine.after);
    if (!agrees) expect({ before, write: make(freshKey()), ...one }).toEqual({ before, ...mine });
  }
  return mine?.ok === true;
}

async function expectAllAgree(given: readonly (Attributes | undefined)[], makes: readonly Make[]): Promise<void> {
  const held = await Promise.all(makes.map((make, at) => expectAgreement(given, make, at)));
  expect([held.includes(true), held.includes(false)]).toEqual([true, true]);
}

const itemOrNone = fc.option(attributes, { nil: undefined, freq: 6 });

describe.each(Object.keys(JoinExpressions) as JoinExpressionName[])('%s', (name) => {
  it('does in memory, alone and in a batch what it says', async () => {
    const drawn = fc.sample(fc.tuple(itemOrNone, values), { numRuns: SAMPLES, seed: 1 });
    const names = { '#e0': fragmentMeta('customer'), '#f0': 'customer' };
    const makes = drawn.map(([, given]) => (key: ItemKey): Write => {
      const write = buildWrite(name, { key, values: given });
      return name === 'refreshFragment' ? { ...write, names: { ...write.names, ...names } } : write;
    });
    await expectAllAgree(
      drawn.map(([item]) => item),
      makes,
    );
  });
});

const part = (relation: string): fc.Arbitrary<FragmentPart> =>
  fc.oneof(
    parentText.map((its): FragmentPart => ({ do: 'keep', relation, parent: its })),
    fc.tuple(parentText, versionText, value).map(([its, at, what]): FragmentPart => {
      return { do: 'put', relation, parent: its, fragment: { version: at, value: what } };
    }),
  );

it('agrees on a row with two relations, kept or put', async () => {
  const sample = fc.tuple(itemOrNone, version, part('customer'), part('shipper'));
  const drawn = fc.sample(sample, { numRuns: 4 * SAMPLES, seed: 2 });
  const makes = drawn.map(([, at, customer, shipper]) => (key: ItemKey): Write => {
    const write = buildWrite('upsertEager', {
      key,
      columns: { qty: { N: '1' } },
      values: { v: at, fx: at, ct: { N: '1' }, w: text('w2') },
    });
    return withFragments(write, [customer, shipper]);
  });
  await expectAllAgree(
    drawn.map(([item]) => item),
    makes,
  );
});

it('agrees on a row that goes, with all fragments', async () => {
  const drawn = fc.sample(fc.tuple(itemOrNone, version), { numRuns: SAMPLES, seed: 3 });
  const makes = drawn.map(([, at]) => (key: ItemKey): Write => {
    const write = buildWrite('remove', {
      key,
      columns: ['qty'],
      values: { v: at, fx: at, ct: { N: '1' }, w: text('w2'), x: { N: '1' }, nx: { N: '1' } },
    });
    return withFragments(write, [
      { do: 'drop', relation: 'customer' },
      { do: 'drop', relation: 'shipper' },
    ]);
  });
  await expectAllAgree(
    drawn.map(([item]) => item),
    makes,
  );
});

/** The in-memory item store says what DynamoDB says: on every expression of the protocol, over random items. */
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import {
  type AttributeValue,
  type Attributes,
  EndingUpdates,
  type ExpressionName,
  Expressions,
  type Item,
  type ItemKey,
  Meta,
  type Write,
  buildWrite,
  sameAttributes,
  text,
} from '@hybridge/protocol';
import { createMemoryItemStore } from '@hybridge/testkit';
import fc from 'fast-check';

const TABLE = 'expressions';
const SAMPLES = 40;

let stack: LocalStack;
let client: DynamoDBClient;

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
}, 300_000);

afterAll(async () => {
  client?.destroy();
  await stack?.stop();
});

const state = fc.constantFrom('L', 'T', 'F', 'D', 'Q').map(text);
const version = fc.constantFrom('0000.0', '0000.5', '0001.0', 'é', '\u{1F600}', '\uFF5E').map(text);
const nonce = fc.constantFrom('w0', 'w1').map(text);
const count = fc
  .constantFrom('0', '1', '9', '10', '-1.5', '10.0', '9007199254740993', '9007199254740992')
  .map((N) => ({ N }));
const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  version,
  count,
  fc.constant({ NULL: true as const }),
  fc.boolean().map((BOOL) => ({ BOOL })),
);
const nested = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 2 }).map((L) => ({ L })),
  fc.dictionary(fc.constantFrom('e', 'c'), scalar).map((M) => ({ M })),
);

/** Items as they could be, and some that could not. */
const attributes = fc
  .record(
    {
      [Meta.state]: state,
      [Meta.version]: version,
      [Meta.nonce]: nonce,
      [Meta.leaseToken]: nonce,
      [Meta.leaseExpiry]: count,
      [Meta.negativeExpiry]: fc.oneof(count, version),
      [Meta.expiry]: count,
      [Meta.pending]: nested,
      [Meta.truth]: nested,
      [Meta.transaction]: scalar,
      [Meta.quarantine]: version,
      city: scalar,
      name: nested,
    },
    { requiredKeys: [] },
  )
  .map((given) => ({ ...given }) as Attributes);

const values = fc.record({
  v: version,
  fx: scalar,
  ct: count,
  w: nonce,
  w0: nonce,
  q: version,
  x: count,
  nx: count,
  t: nested,
  p: nested,
  pt: version,
  r: nested,
  st: state,
  tok: nonce,
  lx: count,
  now: count,
  lv: version,
  zero: fc.constant(text('0000.0')),
});

let samples = 0;
const freshKey = (): ItemKey => ({ pk: `sample-${++samples}`, sk: 'S' });

async function inDynamoDb(write: Write, before: Item | undefined): Promise<{ ok: boolean; item: Item | undefined }> {
  const Key = { pk: { S: write.key.pk }, sk: { S: write.key.sk } };
  if (before !== undefined) await client.send(new PutItemCommand({ TableName: TABLE, Item: before as never }));
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key,
        ConditionExpression: write.condition,
        UpdateExpression: write.update,
        ExpressionAttributeNames: write.names,
        ExpressionAttributeValues: write.values as never,
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { ok: false, item: before };
  }
  const { Item: after } = await client.send(new GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true }));
  return { ok: true, item: after as Item };
}

async function expectAgreement(write: Write, before: Item | undefined): Promise<boolean> {
  const memory = createMemoryItemStore(before === undefined ? [] : [before]);
  const [real, mine] = [await inDynamoDb(write, before), await memory.write(write)];
  const after = memory.peek(write.key);
  const agrees = real.ok === mine.ok && (real.item === after || sameAttributes(real.item ?? {}, after ?? {}));
  if (!agrees) expect({ before, write, ...real }).toEqual({ before, write, ok: mine.ok, item: after });
  return real.ok;
}

const itemAt = (key: ItemKey, given: Attributes | undefined): Item | undefined =>
  given === undefined ? undefined : { ...given, pk: text(key.pk), sk: text(key.sk) };

/** The same item, brought near to what the condition asks for: else most writes would be refused. */
function near(
  name: ExpressionName,
  given: Attributes | undefined,
  drawn: Record<string, AttributeValue>,
): Attributes | undefined {
  const { condition } = Expressions[name];
  const letters = /#st (?:=|IN) ([(:A-Z, ]+)/.exec(condition)?.[1]?.match(/:[A-Z]/g) ?? [];
  const letter = letters[samples % letters.length]?.slice(1);
  if (given === undefined || (letter === undefined && !condition.includes('#w'))) return given;
  const { [Meta.pending]: waiting, ...rest } = given;
  return {
    ...rest,
    ...(letter === undefined ? {} : { [Meta.state]: text(letter) }),
    ...(condition.includes('attribute_exists(#p)') ? { [Meta.pending]: waiting ?? { L: [] } } : {}),
    [Meta.version]: drawn['lv'] as AttributeValue,
    [Meta.leaseToken]: drawn['tok'] as AttributeValue,
    [Meta.nonce]: drawn['w0'] as AttributeValue,
  };
}

const sample = fc.record({
  bringNear: fc.boolean(),
  given: fc.option(attributes, { nil: undefined, freq: 6 }),
  values,
  columns: fc.record({ city: scalar, name: nested }),
});

describe.each(Object.keys(Expressions) as ExpressionName[])('%s', (name) => {
  it('does in memory what it does in DynamoDB', async () => {
    const removes = Expressions[name].update.includes('REMOVE {columns}');
    const drawn = fc.sample(sample, { numRuns: SAMPLES, seed: 1 });
    const results = await Promise.all(
      drawn.map(async ({ bringNear, given, values: drawnValues, columns }) => {
        const key = freshKey();
        const used = Expressions[name].update.includes('{columns}') ? columns : {};
        const write = buildWrite(name, { key, columns: removes ? Object.keys(used) : used, values: drawnValues });
        return expectAgreement(write, itemAt(key, bringNear ? near(name, given, drawnValues) : given));
      }),
    );
    expect([results.includes(true), results.includes(false)]).toEqual([true, true]);
  });
});

it.each(Object.keys(EndingUpdates) as (keyof typeof EndingUpdates)[])(
  'of a live item that ends %s does in memory what it does in DynamoDB',
  async (name) => {
    const drawn = fc.sample(sample, { numRuns: SAMPLES, seed: 3 });
    const results = await Promise.all(
      drawn.map(async ({ bringNear, given, values: drawnValues, columns }) => {
        const key = freshKey();
        const write = buildWrite(name, { key, columns, values: drawnValues, ends: { N: '1764000000' } });
        return expectAgreement(write, itemAt(key, bringNear ? near(name, given, drawnValues) : given));
      }),
    );
    expect([results.includes(true), results.includes(false)]).toEqual([true, true]);
  },
);

it.each([
  '#a <> :b',
  'NOT #a = :b',
  '#a <= :b OR #c > :d',
  '#a < :b AND NOT (#c >= :d OR attribute_exists(#a))',
  '#a IN (:b, :d)',
  'NOT #a IN (:b, :d)',
  ':b < :d',
])('agrees on %s, also when an attribute is missing', async (condition) => {
  const given = fc.record({ given: fc.record({ a: scalar, c: scalar }, { requiredKeys: [] }), b: scalar, d: scalar });
  const drawn = fc.sample(given, { numRuns: SAMPLES, seed: 2 });
  const mentioned = (placeholder: string): boolean => condition.includes(placeholder);
  await Promise.all(
    drawn.map(async ({ given: before, b, d }) => {
      const key = freshKey();
      const comparable = /[<>]/.test(condition);
      const operand = (value: AttributeValue): AttributeValue =>
        comparable && !('S' in value || 'N' in value) ? { N: '1' } : value;
      const write: Write = {
        expression: 'fence',
        key,
        condition,
        update: 'SET #z = :z',
        names: Object.fromEntries(
          Object.entries({ '#a': 'a', '#c': 'c', '#z': 'z' }).filter(([one]) => one === '#z' || mentioned(one)),
        ),
        values: Object.fromEntries(
          Object.entries({ ':b': operand(b), ':d': operand(d), ':z': text('z') }).filter(
            ([one]) => one === ':z' || mentioned(one),
          ),
        ),
        returnNew: false,
      };
      await expectAgreement(write, itemAt(key, before as Attributes));
    }),
  );
});

/** The sweep after a TRUNCATE, on DynamoDB: what the table does with marks, scans and rivals. */
import { silentLogger } from '@hybridge/observability';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { type TruncateSweeper, createTruncateSweeper } from '@hybridge/projector';
import {
  type Item,
  type ItemStore,
  Meta,
  carryOut,
  decideCustomerChange,
  decideRowChange,
  isControlKey,
  keyOf,
  pendingOf,
  scalarOf,
  stateOf,
  text,
} from '@hybridge/protocol';
import { createDynamoDbClient, createItemReader, createItemStore } from '@hybridge/sink-dynamodb';
import { customerChange, rowChange, testContext, versionAt } from '@hybridge/testkit';
import {
  type AnyView,
  column,
  createCatalog,
  int4,
  keyOfRow,
  notNull,
  projectRow,
  source,
  table,
  text as textCodec,
  view,
  shapeOf,
} from '@hybridge/views';

const people = table({
  source: source('test', 'postgres'),
  name: 'public.people',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), city: notNull(textCodec()) },
});
const attributes = { id: 'id', city: 'city' } as const;
const flat = view('flat', { table: people, key: { pk: ['e1', column('id')], sk: ['E'] }, attributes });
const wide = view('wide', {
  table: people,
  key: { pk: ['d1', column('id')], sk: ['D'] },
  attributes,
  layout: 'document',
});
const catalog = createCatalog([flat, wide]);
const ROWS = 150;
const TRUNCATED_AT = 10;
const PEOPLE = { source: 'test', table: 'public.people' };
const MARK = { pk: 'C#truncate#test.public.people', sk: 'projector' };
const { signal } = new AbortController();

let stack: LocalStack;
let client: ReturnType<typeof createDynamoDbClient>;
let store: ItemStore;
let items: ReturnType<typeof createItemReader>;
const context = testContext({ nowMs: Date.now() });
let nonces = 0;
const rivals = { ...context, nonce: () => `r${++nonces}` };
const ends = new Map([[0, 5n]]);
const committed = new Map([[0, 5n]]);

beforeAll(async () => {
  stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
  const { region, dynamodb, credentials } = stack.endpoints;
  client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
  const { tableName } = await provisionTablesOnly(stack.endpoints);
  store = createItemStore(client, { tableName });
  items = createItemReader(client, { tableName });
}, 300_000);

afterAll(async () => {
  client?.destroy();
  await stack?.stop();
});

const sweeper = (): TruncateSweeper =>
  createTruncateSweeper(
    {
      catalog,
      store,
      items,
      context: rivals,
      logger: silentLogger(),
      tellOthers: async () => undefined,
      endOffsets: async () => ends,
      committedOffsets: async () => committed,
    },
    { groupId: 'projector', deliveryMs: 60_000 },
  );

const keyOfId = (of: AnyView, id: number) => keyOfRow(of, { id: { N: String(id) } });

async function write(of: AnyView, id: number, n: number): Promise<void> {
  const key = keyOfId(of, id);
  const columns = projectRow(of, { id: { N: String(id) }, city: text(`city ${n}`) }) ?? {};
  const change = rowChange({ n, key, columns, shape: shapeOf(of) });
  await carryOut(store, key, (seen) => decideRowChange(change, of.mode, rivals, seen));
}

async function ofViews(): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items.scan({ consistent: true })) if (!isControlKey(keyOf(item))) all.push(item);
  return all;
}

it('empties the views of the table, while rows that came after it are written, and once more what came late', async () => {
  const ids = Array.from({ length: ROWS }, (_, i) => i);
  for (const id of ids) await Promise.all([write(flat, id, 1), write(wide, id, 2)]);
  const insert = { ...customerChange({ key: keyOfId(flat, 3) }), shape: shapeOf(flat) };
  await carryOut(store, insert.key, (seen) => decideCustomerChange(insert, rivals, seen));

  const newer = ids.filter((id) => id % 3 === 0 && id !== 3);
  const truncation = {
    ...PEOPLE,
    version: versionAt(TRUNCATED_AT),
    transaction: '710',
    committedAt: Date.now(),
  };
  await Promise.all([
    sweeper().truncated(truncation, signal),
    sweeper().truncated(truncation, signal),
    ...newer.flatMap((id) => [write(flat, id, 11), write(wide, id, 11)]),
  ]);

  const swept = await ofViews();
  expect(swept).toHaveLength(2 * ROWS);
  const live = swept.filter((item) => stateOf(item) === 'L');
  expect(live).toHaveLength(2 * newer.length);
  expect(live.every((item) => scalarOf(item[Meta.version]) === versionAt(11))).toBe(true);
  expect(swept.filter((item) => 'd' in item)).toHaveLength(newer.length);
  const waiting = await store.get(keyOfId(flat, 3));
  expect([stateOf(waiting as Item), pendingOf(waiting as Item).length]).toEqual(['D', 1]);

  // From a partition that is behind: a row that was deleted by the TRUNCATE, and that no item knows.
  await write(wide, 9_999, 5);
  expect(await sweeper().sweepDue(signal)).toEqual([PEOPLE]);
  context.advance(60_000);
  expect(await sweeper().sweepDue(signal)).toEqual([PEOPLE]);
  expect((await store.get(MARK))?.[Meta.version]).toEqual(text(versionAt(TRUNCATED_AT)));
  await Promise.all([sweeper().sweepDue(signal), sweeper().sweepDue(signal)]);
  expect(await sweeper().sweepDue(signal)).toEqual([]);
  expect(stateOf((await store.get(keyOfId(wide, 9_999))) as Item)).toBe('T');
  expect((await ofViews()).filter((item) => stateOf(item) === 'L')).toHaveLength(2 * newer.length);

  const husk = await store.get(MARK);
  expect(Object.keys(husk ?? {}).sort()).toEqual([Meta.state, Meta.expiry, 'pk', 'sk']);
});

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Write, carryOut, decideRowChange, text } from '@hybridge/protocol';
import { KEY, rowChange, testContext } from '@hybridge/testkit';
import { createBatchedItemStore } from './batched-item-store.ts';

interface Sent {
  readonly kind: string;
  readonly statements: readonly string[];
}

/** A client whose calls are answered by a function, statement by statement. */
function setUp(answer: (statement: string, call: number) => unknown) {
  const sent: Sent[] = [];
  const client = {
    send: async (command: {
      constructor: { name: string };
      input: { Statements?: readonly { Statement: string }[] };
    }) => {
      const statements = (command.input.Statements ?? []).map(({ Statement }) => Statement);
      sent.push({ kind: command.constructor.name, statements });
      return { Responses: statements.map((statement) => answer(statement, sent.length)) };
    },
  };
  const store = createBatchedItemStore(client as unknown as DynamoDBClient, { tableName: 'views', maxCalls: 2 });
  return { store, sent };
}

const keyOf = (i: number) => ({ ...KEY, sk: `S${i}` });
const context = testContext();

function upsert(i: number, overrides: Parameters<typeof rowChange>[0] = {}): Write {
  const decision = decideRowChange(rowChange({ key: keyOf(i), ...overrides }), 'eager', context, undefined);
  if (decision.do !== 'write') throw new Error('a write was expected');
  return decision.write;
}

const upserts = (count: number): readonly Write[] => Array.from({ length: count }, (_, i) => upsert(i));

const OK = {};
const refused = (Code: string, more: object = {}) => ({ Error: { Code, Message: 'no', ...more } });

describe('the batched item store', () => {
  it('sends what waits at the same time in calls of 25', async () => {
    const { store, sent } = setUp(() => OK);
    const results = await Promise.all(upserts(60).map((write) => store.write(write)));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(sent.map(({ kind, statements }) => [kind, statements.length])).toEqual([
      ['BatchExecuteStatementCommand', 25],
      ['BatchExecuteStatementCommand', 25],
      ['BatchExecuteStatementCommand', 10],
    ]);
  });

  it('sends a write alone as an UpdateItem', async () => {
    const { store, sent } = setUp(() => OK);
    expect(await store.write(upsert(1))).toEqual({ ok: true, item: undefined });
    expect(sent.map(({ kind }) => kind)).toEqual(['UpdateItemCommand']);
  });

  it('creates the item where an update finds none', async () => {
    const { store, sent } = setUp((statement) =>
      statement.startsWith('UPDATE') ? refused('ConditionalCheckFailed') : OK,
    );
    const results = await Promise.all(upserts(2).map((write) => store.write(write)));
    expect(results).toEqual([
      { ok: true, item: undefined },
      { ok: true, item: undefined },
    ]);
    expect(sent.map(({ statements }) => statements[0]?.split(' ')[0])).toEqual(['UPDATE', 'INSERT']);
  });

  it('begins snapshot rows with an insert, and updates where an item is', async () => {
    const { store, sent } = setUp((statement) => (statement.startsWith('INSERT') ? refused('DuplicateItem') : OK));
    const writes = [1, 2].map((i) => upsert(i, { transaction: undefined }));
    await Promise.all(writes.map((write) => store.write(write)));
    expect(sent.map(({ statements }) => statements[0]?.split(' ')[0])).toEqual(['INSERT', 'UPDATE']);
  });

  it('hands the item of a refused condition back', async () => {
    const item = { _v: text('0005'), _st: text('L') };
    const { store } = setUp(() => refused('ConditionalCheckFailed', { Item: item }));
    const results = await Promise.all(upserts(2).map((write) => store.write(write)));
    expect(results).toEqual([
      { ok: false, item },
      { ok: false, item },
    ]);
  });

  it('never creates an item with a write that only changes one', async () => {
    const { store, sent } = setUp(() => refused('ConditionalCheckFailed'));
    const writes = [1, 2].map((i) => upsert(i, { kind: 'partial' }));
    const results = await Promise.all(writes.map((write) => store.write(write)));
    expect(results).toEqual([
      { ok: false, item: undefined },
      { ok: false, item: undefined },
    ]);
    expect(sent).toHaveLength(1);
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded', 'InternalServerError', 'TransactionConflict'])(
    'calls %s of a statement transient, for that statement only',
    async (code) => {
      const { store } = setUp((statement) => (statement.includes('"name"') ? refused(code) : OK));
      const writes = [upsert(1), upsert(2, { columns: { city: text('c') } })];
      const [failed, written] = await Promise.allSettled(writes.map((write) => store.write(write)));
      expect(failed).toMatchObject({ status: 'rejected', reason: { retry: 'transient', key: keyOf(1) } });
      expect(written).toMatchObject({ status: 'fulfilled', value: { ok: true } });
    },
  );

  it('asks again alone for what may be the fault of one statement', async () => {
    const { store, sent } = setUp((_, call) => (call === 1 ? refused('ValidationError') : OK));
    await Promise.all(upserts(2).map((write) => store.write(write)));
    expect(sent.map(({ kind }) => kind)).toEqual([
      'BatchExecuteStatementCommand',
      'UpdateItemCommand',
      'UpdateItemCommand',
    ]);
  });

  it('names an item once in a call: another write of it goes in another one', async () => {
    const { store, sent } = setUp(() => OK);
    const results = await Promise.all(
      [upsert(1), upsert(2), upsert(1), upsert(3), upsert(1)].map((one) => store.write(one)),
    );
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(sent.map(({ kind, statements }) => `${kind} ${statements.length}`).toSorted()).toEqual([
      'BatchExecuteStatementCommand 3',
      'UpdateItemCommand 0',
      'UpdateItemCommand 0',
    ]);
  });

  it('keeps a large write out of the calls of others', async () => {
    const { store, sent } = setUp(() => OK);
    const large = upsert(1, { columns: { city: text('x'.repeat(300_000)), name: text('n') } });
    await Promise.all([large, upsert(2), upsert(3)].map((write) => store.write(write)));
    expect(sent.map(({ kind, statements }) => [kind, statements.length])).toEqual([
      ['UpdateItemCommand', 0],
      ['BatchExecuteStatementCommand', 2],
    ]);
  });
});

it('does not take the failure of a call for an answer', async () => {
  const client = { send: () => Promise.reject(Object.assign(new Error('gone'), { name: 'TimeoutError' })) };
  const store = createBatchedItemStore(client as unknown as DynamoDBClient, { tableName: 'views' });
  const writing = upserts(3).map((write) =>
    carryOut(store, write.key, () => ({ do: 'write', write, outcome: 'applied' })),
  );
  for (const outcome of await Promise.allSettled(writing)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { retry: 'transient' } });
  }
});

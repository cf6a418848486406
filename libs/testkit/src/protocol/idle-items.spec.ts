/** Items of a lazy view with a TTL: they end, and never while something depends on them. */
import {
  type Attributes,
  DEFAULT_LIMITS,
  type Item,
  type ItemShape,
  Meta,
  OutcomeKind,
  ViewMode,
  carryOut,
  decideCustomerChange,
  decideRowChange,
  decideSettle,
  fillWrite,
  leaseOf,
  leaseWrite,
  pendingOf,
  scalarOf,
} from '@hybridge/protocol';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { rowChange, testContext, versionAt } from '../records.ts';

const key = { pk: 'n1#7', sk: 'N' };
const IDLE_MS = 86_400_000;
const shape: ItemShape = { names: ['a'], idleMs: IDLE_MS };
const columns: Attributes = { a: { S: 'x' } };

function setUp(of: ItemShape = shape) {
  const store = createMemoryItemStore();
  const context = testContext();
  const item = (): Item => store.peek(key) ?? {};
  return {
    context,
    item,
    ends: () => (item()[Meta.expiry] === undefined ? undefined : Number(scalarOf(item()[Meta.expiry]))),
    dueIn: (ms: number) => Math.ceil((context.now() + ms) / 1000),
    fill: async () => {
      const token = context.nonce();
      const { item: leased } = await store.write(leaseWrite(key, token, context));
      await store.write(fillWrite(leaseOf(key, token, leased ?? {}), of, columns, context));
    },
    change: (n: number, kind: 'upsert' | 'partial' | 'delete' = 'upsert') =>
      carryOut(store, key, (seen) =>
        decideRowChange(
          rowChange({ n, key, kind, columns: kind === 'delete' ? {} : columns, shape: of }),
          ViewMode.lazy,
          context,
          seen,
        ),
      ),
    ask: (id: string) =>
      carryOut(store, key, (seen) =>
        decideCustomerChange({ id, key, op: 'u', set: { a: { S: id } }, shape: of, by: 'c' }, context, seen),
      ),
    answer: (id: string, n: number) =>
      carryOut(store, key, (seen) =>
        decideSettle(
          {
            version: versionAt(n),
            transaction: String(n),
            committedAt: 0,
            key,
            shape: of,
            outcome: { id, out: OutcomeKind.applied, at: 0 },
            image: { exists: true, columns: { a: { S: id } } },
          },
          context,
          seen,
        ),
      ),
  };
}

it('end a while after they were filled, and later with every change of the row', async () => {
  const { fill, change, ends, dueIn, context } = setUp();
  await fill();
  expect(ends()).toBe(dueIn(IDLE_MS));
  for (const kind of ['upsert', 'partial'] as const) {
    context.advance(IDLE_MS / 2);
    await change(kind === 'upsert' ? 1 : 2, kind);
    expect(ends()).toBe(dueIn(IDLE_MS));
  }
});

it('stay as long as a change of a customer waits, and end again after its answer', async () => {
  const { fill, ask, answer, change, ends, dueIn, item } = setUp();
  await fill();
  await ask('c1');
  expect([pendingOf(item()).length, ends()]).toEqual([1, undefined]);
  await change(1);
  await ask('c2');
  await answer('c1', 2);
  expect([pendingOf(item()).length, ends()]).toEqual([1, undefined]);
  await answer('c2', 3);
  expect([pendingOf(item()).length, ends()]).toEqual([0, dueIn(IDLE_MS)]);
});

it('never end before a fence would, and leave tombstones theirs', async () => {
  const { fill, change, ends, dueIn } = setUp({ ...shape, idleMs: 1 });
  await fill();
  expect(ends()).toBe(dueIn(DEFAULT_LIMITS.fenceTtlMs));
  await change(1, 'delete');
  expect(ends()).toBe(dueIn(DEFAULT_LIMITS.tombstoneTtlMs));
  await change(2);
  expect(ends()).toBe(dueIn(DEFAULT_LIMITS.fenceTtlMs));
});

it('stay for good where the view says nothing', async () => {
  const { fill, change, ends } = setUp({ names: ['a'] });
  await fill();
  await change(1);
  expect(ends()).toBeUndefined();
});

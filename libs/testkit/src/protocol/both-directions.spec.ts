import {
  type Attributes,
  type Item,
  ItemState,
  type ItemStore,
  type PendingChange,
  type RowChange,
  type SettleSignal,
  type Truth,
  carryOut,
  columnsOf,
  decideCustomerChange,
  decideRowChange,
  decideSettle,
  hasPending,
  outcomesOf,
  pendingOf,
  sameValue,
  stateOf,
  text,
  plainShape,
} from '@hybridge/protocol';
import fc from 'fast-check';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { COLUMN_NAMES, KEY, customerChange, rowChange, settleSignal, testContext, versionAt } from '../records.ts';

type Record = { readonly change: RowChange } | { readonly signal: SettleSignal };

/** SQL of one row: internal writers and the writeback commit here, one after another; every commit is captured. */
function createSql() {
  let row: Attributes | undefined;
  let n = 0;
  const log: Record[] = [];
  const answered = new Map<string, 'A' | 'R'>();

  const commitRow = (next: Attributes | undefined): void => {
    row = next;
    n++;
    log.push({ change: rowChange(next === undefined ? { n, kind: 'delete' } : { n, columns: next }) });
  };
  const answer = (change: PendingChange, out: 'A' | 'R', image: Truth | undefined): void => {
    n++;
    answered.set(change.id, out);
    log.push({
      signal: settleSignal({
        n,
        image,
        outcome: { id: change.id, out, at: n, ...(out === 'R' ? { code: 'CONFLICT' } : {}) },
      }),
    });
  };
  const known = (): Truth | undefined => (row === undefined ? undefined : { exists: true, columns: row });
  const conflicts = (change: PendingChange): boolean =>
    row === undefined || Object.entries(change.base).some(([name, value]) => !sameValue(row?.[name], value));

  return {
    log,
    answered,
    row: () => row,
    internal: (next: Attributes | undefined): void => {
      if (next !== undefined || row !== undefined) commitRow(next);
    },
    /** The writeback: every unanswered change of the list in order, each one commit with its answer. */
    apply: (changes: readonly PendingChange[]): void => {
      for (const change of changes) {
        if (answered.has(change.id)) continue;
        const refused = change.op === 'i' ? row !== undefined : conflicts(change);
        if (refused) {
          answer(change, 'R', known());
          continue;
        }
        commitRow(change.op === 'd' ? undefined : change.op === 'i' ? change.set : { ...row, ...change.set });
        answer(change, 'A', change.op === 'd' ? { exists: false } : known());
      }
    },
  };
}

const cell = fc.constantFrom('A', 'B', 'C').map(text);
const row = fc.record({ city: cell, name: cell });
const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('internal' as const), next: fc.option(row, { nil: undefined, freq: 4 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('update' as const), set: fc.record({ city: cell }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('insert' as const), set: row }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deliver' as const) }) },
);

describe('customers and internal writers on one row', () => {
  it('end with the item equal to SQL and every accepted change answered exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(action, { minLength: 3, maxLength: 14 }),
        async (scheduler, actions) => {
          const memory = createMemoryItemStore();
          const context = testContext({ limits: { maxOutcomes: 50 } });
          const store: ItemStore = {
            get: scheduler.scheduleFunction((key) => memory.get(key)),
            write: scheduler.scheduleFunction((write) => memory.write(write)),
          };
          const sql = createSql();
          const accepted: string[] = [];
          const side: Promise<unknown>[] = [];

          const ask = async (id: string, op: 'u' | 'i' | 'd', set: Attributes): Promise<void> => {
            const change = customerChange({ id, op, set, shape: plainShape(COLUMN_NAMES) });
            const { outcome, item } = await carryOut(store, KEY, (seen) => decideCustomerChange(change, context, seen));
            if (outcome !== 'accepted') return;
            accepted.push(id);
            side.push(notify(pendingOf(item as Item)));
          };
          const notify = scheduler.scheduleFunction(async (changes: readonly PendingChange[]) => sql.apply(changes));
          const deliver = (record: Record) =>
            'change' in record
              ? carryOut(store, KEY, (seen) => decideRowChange(record.change, 'eager', context, seen))
              : carryOut(store, KEY, (seen) => decideSettle(record.signal, context, seen));

          const customer = async (): Promise<void> => {
            for (const [i, step] of actions.entries()) {
              if (step.kind === 'internal') sql.internal(step.next);
              else if (step.kind === 'deliver') side.push(...sql.log.slice(-2).map(deliver));
              else
                await ask(
                  `change-${i}`,
                  step.kind === 'update' ? 'u' : step.kind === 'insert' ? 'i' : 'd',
                  'set' in step ? step.set : {},
                );
            }
          };
          await scheduler.waitFor(customer());
          while (side.length > 0) await scheduler.waitFor(Promise.all(side.splice(0)));
          // The log is replayed from its beginning, rows and answers on two unordered topics.
          const rows = sql.log.filter((record) => 'change' in record);
          const answers = sql.log.filter((record) => 'signal' in record);
          const inOrder = async (records: readonly Record[]): Promise<void> => {
            for (const record of records) await deliver(record);
          };
          await scheduler.waitFor(Promise.all([inOrder(rows), inOrder(answers)]));

          const after = memory.peek(KEY);
          expect([...sql.answered.keys()].sort()).toEqual([...accepted].sort());
          if (after === undefined) return expect(sql.row()).toBeUndefined();
          expect(hasPending(after)).toBe(false);
          expect(new Set(outcomesOf(after).map(({ id }) => id)).size).toBe(outcomesOf(after).length);
          expect(
            outcomesOf(after)
              .map(({ id, out }) => [id, out])
              .sort(),
          ).toEqual([...sql.answered].sort());
          const expected = sql.row();
          if (expected !== undefined) expect(columnsOf(after)).toEqual(expected);
          else expect([ItemState.tombstone, ItemState.fence]).toContain(stateOf(after));
        },
      ),
      { numRuns: 400 },
    );
  });
});

it('an answer that overtakes its row change is not undone by it', async () => {
  const store = createMemoryItemStore();
  const context = testContext();
  const leiden = { city: text('Leiden'), name: text('Ada') };
  const utrecht = { city: text('Utrecht'), name: text('Ada') };
  await carryOut(store, KEY, (seen) => decideRowChange(rowChange({ n: 1, columns: leiden }), 'eager', context, seen));
  await carryOut(store, KEY, (seen) => decideCustomerChange(customerChange(), context, seen));
  const answer = settleSignal({ n: 3, image: { exists: true, columns: utrecht } });
  await carryOut(store, KEY, (seen) => decideSettle(answer, context, seen));
  const late = await carryOut(store, KEY, (seen) =>
    decideRowChange(rowChange({ n: 2, columns: utrecht }), 'eager', context, seen),
  );
  expect(late.outcome).toBe('stale');
  expect(columnsOf(store.peek(KEY) as Item)).toEqual(utrecht);
  expect(versionAt(3) > versionAt(2)).toBe(true);
});

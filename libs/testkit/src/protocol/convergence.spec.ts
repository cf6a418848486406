import {
  type Attributes,
  type Item,
  ItemState,
  type ItemStore,
  Meta,
  type RowChange,
  type ViewMode,
  carryOut,
  columnsOf,
  decideRowChange,
  fillWrite,
  leaseOf,
  leaseWrite,
  stateOf,
  text,
  versionOf,
  plainShape,
} from '@hybridge/protocol';
import fc from 'fast-check';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { COLUMN_NAMES, KEY, rowChange, testContext, versionAt } from '../records.ts';

/** The life of one row in SQL: `undefined` where it does not exist. Index 0 is before the first change. */
type History = readonly (Attributes | undefined)[];

const row = fc.record({ city: fc.constantFrom('A', 'B', 'C').map(text), name: fc.constantFrom('x', 'y').map(text) });
const history: fc.Arbitrary<History> = fc
  .array(fc.option(row, { nil: undefined, freq: 4 }), { minLength: 1, maxLength: 8 })
  .map((states) => [undefined, ...states]);
const mode = fc.constantFrom<ViewMode>('eager', 'lazy');

/** The change event of the `n`th commit. */
const changeAt = (states: History, n: number): RowChange => {
  const columns = states[n];
  return rowChange(columns === undefined ? { n, kind: 'delete' } : { n, columns });
};

/** Every operation of the store becomes a step that the scheduler places anywhere among the others. */
const scheduled = (store: ItemStore, scheduler: fc.Scheduler): ItemStore => ({
  get: scheduler.scheduleFunction((key) => store.get(key)),
  write: scheduler.scheduleFunction((write) => store.write(write)),
});

/** Knowing nothing is allowed to lazy views only; knowing something else than SQL is allowed to nobody. */
function expectTruth(after: Item | undefined, states: History, viewMode: ViewMode): void {
  const truth = states.at(-1);
  if (after === undefined || stateOf(after) === ItemState.fence) {
    expect(viewMode).toBe('lazy');
    return;
  }
  if (truth === undefined) expect(stateOf(after)).toBe(ItemState.tombstone);
  else expect({ state: stateOf(after), columns: columnsOf(after) }).toEqual({ state: ItemState.live, columns: truth });
}

describe('row changes of one key', () => {
  it('converge to the newest whatever their order, duplicates and interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        history,
        mode,
        fc.infiniteStream(fc.nat()),
        async (scheduler, states, viewMode, picks) => {
          const store = createMemoryItemStore();
          const context = testContext();
          const commits = states.map((_, n) => n).slice(1);
          const extra = [...picks.take(commits.length)].map((pick) => commits[pick % commits.length] as number);
          const deliveries = [...commits, ...extra].map(async (n) =>
            carryOut(scheduled(store, scheduler), KEY, (seen) =>
              decideRowChange(changeAt(states, n), viewMode, context, seen),
            ),
          );
          await scheduler.waitFor(Promise.all(deliveries));
          expectTruth(store.peek(KEY), states, viewMode);
          expect(versionOf(store.peek(KEY) as Item)).toBe(versionAt(commits.length));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('never go back while a replayed suffix passes, partial updates among them', async () => {
    const step = fc.record({ partial: fc.boolean(), next: fc.option(row, { nil: undefined, freq: 5 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 2, maxLength: 8 }),
        fc.nat(),
        mode,
        async (steps, from, viewMode) => {
          const store = createMemoryItemStore();
          const context = testContext();
          const { states, changes } = replayable(steps);
          const deliver = async (change: RowChange): Promise<void> => {
            const before = versionOf(store.peek(KEY) ?? {}) ?? '';
            const { outcome } = await carryOut(store, KEY, (seen) => decideRowChange(change, viewMode, context, seen));
            expect((versionOf(store.peek(KEY) as Item) ?? '') >= before).toBe(true);
            if (outcome === 'fenced') await fillFrom(store, states, changes.indexOf(change) + 1, context);
          };
          for (const change of changes) await deliver(change);
          for (const change of changes.slice(from % changes.length)) await deliver(change);
          expectTruth(store.peek(KEY), states, 'eager');
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Commits whose updates carry only the changed `city` when marked partial; `name` then stays. */
function replayable(steps: readonly { partial: boolean; next: Attributes | undefined }[]) {
  const states: (Attributes | undefined)[] = [undefined];
  const changes = steps.map(({ partial, next }, i): RowChange => {
    const before = states.at(-1);
    const isPartial = partial && next !== undefined && before !== undefined;
    const after = isPartial ? { ...before, city: next['city'] as Attributes[string] } : next;
    states.push(after);
    if (!isPartial) return changeAt(states, i + 1);
    return rowChange({ n: i + 1, kind: 'partial', columns: { city: after?.['city'] as Attributes[string] } });
  });
  return { states, changes };
}

/** A reader fills from SQL, which shows at least `known` commits. */
async function fillFrom(store: ItemStore, states: History, known: number, context: ReturnType<typeof testContext>) {
  const leased = await store.write(leaseWrite(KEY, 'token', context));
  if (leased.ok)
    await store.write(
      fillWrite(leaseOf(KEY, 'token', leased.item as Item), plainShape(COLUMN_NAMES), states[known], context),
    );
}

describe('fills beside row changes', () => {
  it('never leave an older row standing once every change has arrived', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        history,
        mode,
        fc.integer({ min: 1, max: 3 }),
        async (scheduler, states, viewMode, readers) => {
          const store = createMemoryItemStore();
          const context = testContext({ limits: { leaseMs: 0 } });
          const steps = scheduled(store, scheduler);
          let visible = 0;
          const commit = scheduler.scheduleFunction(async (n: number) => void (visible = Math.max(visible, n)));
          const read = scheduler.scheduleFunction(async () => visible);

          const writer = async (): Promise<void> => {
            for (let n = 1; n < states.length; n++) {
              const delivered = carryOut(steps, KEY, (seen) =>
                decideRowChange(changeAt(states, n), viewMode, context, seen),
              );
              // A commit may be decoded before any reader can see it.
              await Promise.all([commit(n), delivered]);
            }
          };
          const reader = async (id: number): Promise<void> => {
            for (let attempt = 0; attempt < 3; attempt++) {
              const token = `reader-${id}-${attempt}`;
              context.advance(1);
              const leased = await steps.write(leaseWrite(KEY, token, context));
              if (!leased.ok) continue;
              const lease = leaseOf(KEY, token, leased.item as Item);
              const shown = await read();
              const proven = lease.transaction === undefined || lease.version <= versionAt(shown);
              if (proven) await steps.write(fillWrite(lease, plainShape(COLUMN_NAMES), states[shown], context));
            }
          };
          await scheduler.waitFor(Promise.all([writer(), ...Array.from({ length: readers }, (_, id) => reader(id))]));
          const after = store.peek(KEY);
          if (after !== undefined && stateOf(after) === ItemState.fence) return;
          expectTruth(after, states, viewMode);
        },
      ),
      { numRuns: 400 },
    );
  });
});

it('no deleted row comes back through a snapshot of the same epoch', async () => {
  const store = createMemoryItemStore();
  const context = testContext();
  const deliver = (change: RowChange) =>
    carryOut(store, KEY, (seen) => decideRowChange(change, 'eager', context, seen));
  await deliver(changeAt([undefined, { city: text('A'), name: text('x') }], 1));
  await deliver(rowChange({ n: 2, kind: 'delete' }));
  const snapshotRow = rowChange({ version: '0000.0000000000000000.0000000000000000.0000000000ff' as never });
  expect((await deliver(snapshotRow)).outcome).toBe('stale');
  expect(stateOf(store.peek(KEY) as Item)).toBe(ItemState.tombstone);
  expect(store.peek(KEY)).not.toHaveProperty(Meta.pending);
});

import {
  type Item,
  ItemState,
  type RowChange,
  type Seen,
  ViewMode,
  carryOut,
  columnsOf,
  createFirstGuess,
  decideRowChange,
  stateOf,
  text,
  versionOf,
} from '@hybridge/protocol';
import fc from 'fast-check';
import { type MemoryItemStore, createMemoryItemStore } from '../memory-item-store.ts';
import { KEY, item, pending, rowChange, testContext, versionAt } from '../records.ts';

const context = testContext();
const changeOf = (store: MemoryItemStore, change: RowChange, first: Seen, mode: ViewMode = ViewMode.lazy) =>
  carryOut(store, KEY, (seen) => decideRowChange(change, mode, context, seen), first);

async function guessed(store: MemoryItemStore, guess: ReturnType<typeof createFirstGuess>, change: RowChange) {
  const before = store.writes.length;
  const ended = await changeOf(store, change, guess.of(KEY));
  guess.note(change, ended);
  return { outcome: ended.outcome, sent: store.writes.slice(before).map(({ write }) => write.expression) };
}

describe('the first guess of a lazy view', () => {
  it('writes once per change of a key nobody read', async () => {
    const store = createMemoryItemStore();
    const guess = createFirstGuess();
    expect(await guessed(store, guess, rowChange({ n: 1 }))).toEqual({ outcome: 'fenced', sent: ['fence'] });
    expect(await guessed(store, guess, rowChange({ n: 2 }))).toEqual({ outcome: 'fenced', sent: ['fence'] });
    const partial = rowChange({ n: 3, kind: 'partial', columns: { city: text('c') } });
    expect(await guessed(store, guess, partial)).toEqual({ outcome: 'fenced', sent: ['fence'] });
    expect(await guessed(store, guess, rowChange({ n: 4, kind: 'delete' }))).toEqual({
      outcome: 'applied',
      sent: ['remove'],
    });
    expect(guess.size).toBe(0);
  });

  it('is wrong once for a key that was read, and refreshes it all the same', async () => {
    const store = createMemoryItemStore([item({ n: 1 })]);
    const guess = createFirstGuess();
    expect((await guessed(store, guess, rowChange({ n: 2 }))).sent).toEqual(['fence', 'upsertLazy']);
    expect((await guessed(store, guess, rowChange({ n: 3 }))).sent).toEqual(['upsertLazy']);
    expect(columnsOf(store.peek(KEY) as Item)).toEqual({ city: text('city 3'), name: text('name 3') });
  });

  it('learns that a key is live from a change it holds already', async () => {
    const store = createMemoryItemStore([item({ n: 2 })]);
    const guess = createFirstGuess();
    expect((await guessed(store, guess, rowChange({ n: 1 }))).outcome).toBe('stale');
    expect((await guessed(store, guess, rowChange({ n: 3 }))).sent).toEqual(['upsertLazy']);
  });

  it('learns that a key is live no more', async () => {
    const store = createMemoryItemStore([item({ n: 1 })]);
    const guess = createFirstGuess();
    await guessed(store, guess, rowChange({ n: 2 }));
    store.expire(KEY);
    expect((await guessed(store, guess, rowChange({ n: 3 }))).sent).toEqual(['upsertLazy', 'fence']);
    expect((await guessed(store, guess, rowChange({ n: 4 }))).sent).toEqual(['fence']);
  });

  it('takes an item with pending changes for live', async () => {
    const store = createMemoryItemStore([item({ n: 1, pending: [pending()] })]);
    const guess = createFirstGuess();
    expect((await guessed(store, guess, rowChange({ n: 2 }))).outcome).toBe('rebased');
    expect(guess.of(KEY)).toBeUndefined();
  });

  it('forgets the key that was noted the longest time ago', () => {
    const guess = createFirstGuess({ capacity: 2 });
    const note = (sk: string) => {
      const key = { ...KEY, sk };
      guess.note(rowChange({ key }), { outcome: 'applied', item: undefined });
      return key;
    };
    const [a, b] = [note('a'), note('b')];
    note('a');
    note('c');
    expect(guess.size).toBe(2);
    expect([guess.of(a), guess.of(b)]).toEqual([undefined, { item: undefined }]);
  });

  it.each(Object.values(ViewMode))('never ends a row change by itself (%s)', (mode) => {
    for (const kind of ['upsert', 'partial', 'touched', 'delete', 'unstorable'] as const) {
      for (const aged of [false, true]) {
        const decision = decideRowChange(rowChange({ kind, aged }), mode, context, createFirstGuess().of(KEY));
        expect(decision.do).toBe('write');
      }
    }
  });
});

describe('what is known before the first call', () => {
  const kinds = fc.constantFrom('upsert' as const, 'delete' as const);
  const firsts = fc.constantFrom('nothing', 'absent', 'read');
  const initial = fc.constantFrom<Item | undefined>(undefined, item({ n: 0 }), item({ n: 0, state: ItemState.fence }));
  const firstOf = (name: string, store: MemoryItemStore): Seen =>
    name === 'nothing' ? undefined : { item: name === 'read' ? store.peek(KEY) : undefined };

  it('changes no outcome: changes in any order, at once, end with the newest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        initial,
        fc.array(fc.record({ kind: kinds, first: firsts }), { minLength: 1, maxLength: 5 }),
        async (scheduler, before, history) => {
          const store = createMemoryItemStore(before === undefined ? [] : [before]);
          const slow = { get: store.get, write: scheduler.scheduleFunction(store.write) };
          const running = history.map(({ kind, first }, i) => {
            const change = rowChange({ n: i + 1, kind });
            const decide = (seen: Seen) => decideRowChange(change, ViewMode.lazy, context, seen);
            return carryOut(slow, KEY, decide, firstOf(first, store));
          });
          await scheduler.waitAll();
          await Promise.all(running);
          expectNewest(store.peek(KEY) as Item, history.at(-1)?.kind === 'delete', history.length);
        },
      ),
    );
  });

  function expectNewest(after: Item, deleted: boolean, n: number): void {
    expect(versionOf(after)).toBe(versionAt(n));
    if (stateOf(after) === ItemState.fence) return;
    expect(stateOf(after)).toBe(deleted ? ItemState.tombstone : ItemState.live);
    if (!deleted) expect(columnsOf(after)).toEqual({ city: text(`city ${n}`), name: text(`name ${n}`) });
  }
});

/** Changes of a row that the event does not carry whole, on items that take whole rows only. */
import {
  type Item,
  ItemState,
  Meta,
  type ViewMode,
  ZERO_VERSION,
  carryOut,
  columnsOf,
  decideRowChange,
  fillWrite,
  hasPending,
  leaseOf,
  leaseWrite,
  scalarOf,
  stateOf,
  text,
  truthOf,
  versionOf,
  plainShape,
} from '@hybridge/protocol';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { COLUMN_NAMES, KEY, item, pending, rowChange, testContext, versionAt } from '../records.ts';

const context = testContext();
const touched = (n: number) => rowChange({ n, kind: 'touched', columns: {} });

async function apply(before: Item | undefined, mode: ViewMode, change = touched(2)) {
  const store = createMemoryItemStore(before === undefined ? [] : [before]);
  const { outcome } = await carryOut(store, KEY, (seen) => decideRowChange(change, mode, context, seen));
  return { store, outcome, after: store.peek(KEY) as Item };
}

describe.each<ViewMode>(['eager', 'lazy'])('in %s mode, a row that was touched', (mode) => {
  it('is unknown from then on where it was known', async () => {
    const { after, outcome } = await apply(item({ n: 1 }), mode);
    expect([outcome, stateOf(after), versionOf(after), columnsOf(after)]).toEqual(['fenced', 'F', versionAt(2), {}]);
    expect(scalarOf(after[Meta.transaction])).toBe('702');
    expect(Number(scalarOf(after[Meta.expiry]))).toBe(context.now() / 1000 + 7 * 86_400);
  });

  it.each([undefined, ItemState.fence, ItemState.tombstone, ItemState.quarantined])(
    'is fenced over %s',
    async (state) => {
      const { after, outcome } = await apply(state === undefined ? undefined : item({ n: 1, state }), mode);
      expect([outcome, stateOf(after), versionOf(after)]).toEqual(['fenced', 'F', versionAt(2)]);
    },
  );

  it('is no news to an item that is as new', async () => {
    const { store, outcome } = await apply(item({ n: 2 }), mode);
    expect([outcome, store.writes]).toEqual(['stale', []]);
  });

  it('keeps a customer’s change, over a truth that nobody knows', async () => {
    const truth = { [Meta.truth]: { M: { e: { N: '1' }, c: { M: { city: text('Leiden') } } } } };
    const { after, outcome } = await apply(item({ n: 1, pending: [pending()], meta: truth }), mode);
    expect([outcome, hasPending(after), truthOf(after)]).toEqual(['rebased', true, { exists: 'unknown' }]);
  });

  it('cannot be filled with what was read before', async () => {
    const store = createMemoryItemStore();
    const leased = await store.write(leaseWrite(KEY, 'token', context));
    const lease = leaseOf(KEY, 'token', leased.item as Item);
    expect(lease.version).toBe(ZERO_VERSION);
    await carryOut(store, KEY, (seen) => decideRowChange(touched(2), mode, context, seen));
    expect((await store.write(fillWrite(lease, plainShape(COLUMN_NAMES), { city: text('old') }, context))).ok).toBe(
      false,
    );
  });
});

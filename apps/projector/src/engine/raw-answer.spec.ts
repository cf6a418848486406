import { ItemState, scalarOf, stateOf, text } from '@hybridge/protocol';
import { inboxEvent } from '@hybridge/testkit';
import { KEY, addressChange as change, setUpProjector } from '../projector.features.ts';
import { addressRow, recordOf } from '../testing.features.ts';

const RAW = 'raw:17@5000';
const refused = inboxEvent({ changeId: RAW, view: 'addresses', ...KEY, outcome: 'R', code: 'POLICY' }, { lsn: 99_999 });

describe('the answer to a write behind the protocol', () => {
  it('has the row of SQL take its place', async () => {
    const { run, store, metrics } = setUpProjector();
    await run([change(0, addressRow())]);
    store.put({ ...store.peek(KEY), city: text('by hand'), typo: text('x') });
    await run([recordOf(refused, { offset: 1n })]);
    const after = store.peek(KEY) ?? {};
    expect(stateOf(after)).toBe(ItemState.live);
    expect([scalarOf(after['city']), scalarOf(after['instructions'])]).toEqual(['Utrecht', 'from SQL']);
    expect(after).not.toHaveProperty('typo');
    expect((await metrics.settled.get()).values).toMatchObject([{ labels: { outcome: 'raw' }, value: 1 }]);
  });

  it('brings an item back that was removed', async () => {
    const { run, store } = setUpProjector();
    await run([recordOf(refused)]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.live);
  });

  it('has nothing repaired when the change was a customer’s', async () => {
    const { run, store } = setUpProjector();
    const other = inboxEvent({ changeId: 'c-1', view: 'addresses', ...KEY, outcome: 'R', code: 'POLICY' });
    await run([recordOf(other)]);
    expect(store.writes).toEqual([]);
  });
});

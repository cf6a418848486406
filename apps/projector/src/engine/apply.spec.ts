import { ItemState, carryOut, decideCustomerChange, scalarOf, stateOf, text } from '@hybridge/protocol';
import { customerChange, inboxEvent, testContext } from '@hybridge/testkit';
import { UNAVAILABLE } from '@hybridge/views';
import { KEY, addressChange as change, setUpProjector } from '../projector.features.ts';
import { addressRow, recordOf } from '../testing.features.ts';
import { batchOf } from './batches.features.ts';

const transient = (message: string): Error => Object.assign(new Error(message), { retry: 'transient' });

describe('the engine, with all that is behind it', () => {
  it('says that records are done once their writes are', async () => {
    const { run, store } = setUpProjector();
    const { doneOffsets } = await run([change(5, addressRow()), change(6, addressRow({ label: 'work' }))]);
    expect(doneOffsets).toEqual([5, 6]);
    expect(store.items()).toHaveLength(2);
  });

  it('writes what waits of a hot row at once, with its newest image', async () => {
    const { run, store } = setUpProjector();
    const { doneOffsets } = await run(['A', 'B', 'C'].map((city, i) => change(i, addressRow({ city }))));
    expect(store.writes).toHaveLength(2); // the first did not wait
    expect(scalarOf(store.peek(KEY)?.['city'])).toBe('C');
    expect(doneOffsets).toEqual([0, 1, 2]);
  });

  it('lays a partial update over the full image before it', async () => {
    const { run, store } = setUpProjector();
    await run([
      change(0, addressRow()),
      change(1, addressRow({ instructions: 'ring twice' })),
      change(2, addressRow({ city: 'Delft', instructions: UNAVAILABLE }), 'u'),
    ]);
    expect(store.writes).toHaveLength(2);
    expect(scalarOf(store.peek(KEY)?.['city'])).toBe('Delft');
    expect(scalarOf(store.peek(KEY)?.['instructions'])).toBe('ring twice');
  });

  it('ignores the repeated suffix of a replay', async () => {
    const { run, store } = setUpProjector();
    const [first, second] = [change(0, addressRow({ city: 'A' })), change(1, addressRow({ city: 'B' }))];
    const { doneOffsets } = await run([first, second, { ...first, offset: 2n }]);
    expect(scalarOf(store.peek(KEY)?.['city'])).toBe('B');
    expect(doneOffsets).toEqual([0, 1, 2]);
  });

  it('leaves a tombstone for a row that came and went', async () => {
    const { run, store } = setUpProjector();
    await run([change(0, addressRow()), change(1, null, 'd')]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.tombstone);
  });

  it('takes the Kafka tombstone behind a delete for done', async () => {
    const { run, store } = setUpProjector();
    const { doneOffsets } = await run([recordOf('', { offset: 3n, value: undefined })]);
    expect([doneOffsets, store.writes]).toEqual([[3], []]);
  });

  it('fills an item from SQL when an update came without its unchanged columns', async () => {
    const { run, store } = setUpProjector();
    await run([change(0, addressRow({ instructions: UNAVAILABLE }), 'u')]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.live);
    expect(scalarOf(store.peek(KEY)?.['instructions'])).toBe('from SQL');
  });

  it('fills a fence that a crashed predecessor left behind', async () => {
    const { run, store } = setUpProjector();
    const record = change(0, addressRow({ instructions: UNAVAILABLE }), 'u');
    await run([record]);
    const { instructions: _, ...fence } = store.peek(KEY) ?? {};
    store.put({ ...fence, _st: { S: 'F' } });
    await run([record]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.live);
  });

  it('fills the fence that a refused insert over an unknown key leaves, also when it comes again', async () => {
    const { run, store } = setUpProjector();
    const insert = customerChange({ key: KEY, op: 'i', set: { city: text('Delft') } });
    await carryOut(store, KEY, (seen) => decideCustomerChange(insert, testContext(), seen));
    const refused = inboxEvent({ changeId: insert.id, view: 'addresses', ...KEY, outcome: 'R', code: 'CONFLICT' });
    await run([recordOf(refused)]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.live);
    expect(scalarOf(store.peek(KEY)?.['instructions'])).toBe('from SQL');

    const { instructions: _, ...fence } = store.peek(KEY) ?? {};
    store.put({ ...fence, _st: { S: 'F' } });
    await run([recordOf(refused, { offset: 1n })]);
    expect(stateOf(store.peek(KEY) ?? {})).toBe(ItemState.live);
  });

  it('tries again after a transient failure, also when the write had taken effect', async () => {
    const { run, store, metrics } = setUpProjector();
    store.failNextWrite(transient('throttled'));
    store.failNextWrite(transient('timed out'), { applied: true });
    const { doneOffsets, halts } = await run([change(0, addressRow({ city: 'A' }))]);
    expect([doneOffsets, halts]).toEqual([[0], []]);
    expect(scalarOf(store.peek(KEY)?.['city'])).toBe('A');
    expect((await metrics.retries.get()).values[0]?.value).toBe(2);
  });

  it('halts at a record that failed for good, with the others written', async () => {
    const { run, store } = setUpProjector();
    store.failNextWrite(new Error('AccessDeniedException'));
    const { halts, doneOffsets } = await run([change(0, addressRow()), change(1, addressRow({ label: 'work' }))]);
    expect(halts).toEqual([{ offset: 0, cause: new Error('AccessDeniedException') }]);
    expect(doneOffsets).not.toContain(0);
    expect(store.items()).toHaveLength(1);
  });

  it('writes no later change of a row whose earlier one failed for good: it would hide that one for ever', async () => {
    const { run, store } = setUpProjector();
    await run([change(0, addressRow({ instructions: 'ring once' }))]);
    const failing = change(1, addressRow({ instructions: 'ring twice' }));
    const inParts = change(2, addressRow({ city: 'Delft', instructions: UNAVAILABLE }), 'u');
    store.failNextWrite(new Error('AccessDeniedException'));
    const { halts, doneOffsets } = await run([failing, inParts]);
    expect([halts.map(({ offset }) => offset), doneOffsets]).toEqual([[1], []]);

    await run([failing, inParts]); // somebody mended the cause and restarted
    expect(scalarOf(store.peek(KEY)?.['instructions'])).toBe('ring twice');
    expect(scalarOf(store.peek(KEY)?.['city'])).toBe('Delft');
  });

  it('halts at a record that cannot be read, with those before it done and none behind it begun', async () => {
    const { run, store } = setUpProjector();
    const records = [change(0, addressRow()), recordOf('{', { offset: 1n }), change(2, addressRow({ label: 'work' }))];
    const { halts, doneOffsets } = await run(records);
    expect(halts.map(({ offset }) => offset)).toEqual([1]);
    expect(String(halts[0]?.cause)).toContain('offset 1');
    expect([doneOffsets, store.writes.length]).toEqual([[0], 1]);
  });

  it('says nothing of what it had no time for when it is stopped', async () => {
    const { engine, store } = setUpProjector();
    store.failNextWrite(transient('throttled'));
    const batch = batchOf([change(3, addressRow())]);
    await engine.take(batch);
    await engine.stop();
    expect([batch.doneOffsets, batch.halts, store.items()]).toEqual([[], [], []]);
  });
});

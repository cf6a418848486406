import { type Item, ItemState, Meta, judgeRead, scalarOf, stateOf } from '@hybridge/protocol';
import { absent, key, setUp } from './testing.features.ts';

describe('"SQL has no such row", as a fill learned it', () => {
  it('ends with the event of the insert, though its time is not up', async () => {
    const { fill, fence: changeEvent, store, context } = setUp(absent);
    await fill();
    const negative = store.peek(key) as Item;
    expect(judgeRead(negative, context.now())).toBe('not-found');

    await changeEvent(1); // somebody inserted the row
    expect(Number(scalarOf(negative[Meta.negativeExpiry] as never))).toBeGreaterThan(context.now());
    const live = store.peek(key) as Item;
    expect(judgeRead(live, context.now())).toBe('hit');
    expect(live).toMatchObject({ name: { S: 'name 1' }, city: { S: 'city 1' } });
    expect(live[Meta.negativeExpiry]).toBeUndefined();
  });

  it('is not stored when the event of the insert comes while SQL is read', async () => {
    const test = setUp(async () => {
      await test.fence(1);
      return absent;
    });
    expect(await test.fill()).toMatchObject({ outcome: 'uncached', reason: 'overtaken' });
    expect(stateOf(test.store.peek(key) as Item)).toBe(ItemState.fence);
    expect(judgeRead(test.store.peek(key), test.context.now())).toBe('miss');
  });

  it('is asked for again when its time is up', async () => {
    const { fill, proofs, context } = setUp(absent);
    await fill();
    context.advance(context.limits.negativeTtlMs + 1);
    expect(await fill()).toMatchObject({ outcome: 'absent' });
    expect(proofs).toHaveLength(2);
  });
});

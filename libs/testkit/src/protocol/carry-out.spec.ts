import { type Item, Meta, carryOut, decideRepair, keyOf, number, text } from '@hybridge/protocol';
import { createMemoryItemStore } from '../memory-item-store.ts';
import { item, testContext } from '../records.ts';

const context = testContext();
const repair = async (given: Item) => {
  const store = createMemoryItemStore([given]);
  const key = keyOf(given);
  return carryOut(store, key, (seen) => decideRepair(key, context, seen));
};

describe('carryOut', () => {
  it('repairs an item of the protocol', async () => {
    expect(await repair(item())).toMatchObject({ outcome: 'fenced' });
  });

  it.each([
    ['no nonce', { [Meta.state]: text('L') }],
    ['a state nobody knows', { [Meta.state]: text('Z'), [Meta.nonce]: text('w') }],
  ])('ends on an item that no condition fits: %s', async (_, metadata) => {
    const foreign = { pk: text('p1#1'), sk: text('P'), price: number(1), ...metadata };
    await expect(repair(foreign)).rejects.toMatchObject({
      code: 'HYBRIDGE_PROTOCOL_WRITE_REFUSED',
      retry: 'permanent',
      message: expect.stringContaining('p1#1|P'),
    });
  });
});

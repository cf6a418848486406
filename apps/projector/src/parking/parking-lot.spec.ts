import type { ParkedKey } from '@hybridge/sink-dynamodb';
import { createMemoryParkedKeys } from './memory-parked-keys.features.ts';
import { createParkingLot } from './parking-lot.ts';

const parked = (sk: string): ParkedKey => ({
  view: 'addresses',
  key: { pk: 'c1#CUSTOMER#1', sk },
  topic: 't',
  partition: 0,
  offset: '1',
  reason: 'poison',
  at: 1,
});

describe('the parking lot', () => {
  it('knows what it parked', async () => {
    const lot = createParkingLot(createMemoryParkedKeys());
    expect(lot.mayBeParked(parked('a').key)).toBe(false);
    await lot.park(parked('a'));
    expect([lot.size, lot.mayBeParked(parked('a').key), lot.mayBeParked(parked('b').key)]).toEqual([1, true, false]);
  });

  it('does not know of what could not be parked', async () => {
    const keys = createMemoryParkedKeys();
    jest.spyOn(keys, 'park').mockRejectedValue(new Error('throttled'));
    const lot = createParkingLot(keys);
    await expect(lot.park(parked('a'))).rejects.toThrow('throttled');
    expect(lot.size).toBe(0);
  });

  it('forgets what was released, when it asks or refreshes', async () => {
    const keys = createMemoryParkedKeys();
    const lot = createParkingLot(keys);
    for (const name of ['a', 'b', 'c']) await lot.park(parked(name));
    await keys.release(parked('a').key);
    expect(await lot.isParked(parked('a').key)).toBe(false);
    expect([lot.size, lot.mayBeParked(parked('a').key)]).toEqual([2, false]);
    await keys.release(parked('b').key);
    await lot.refresh();
    expect([lot.size, lot.mayBeParked(parked('c').key)]).toEqual([1, true]);
  });

  it('learns of what others parked', async () => {
    const keys = createMemoryParkedKeys();
    const lot = createParkingLot(keys);
    await keys.park(parked('a'));
    expect(lot.mayBeParked(parked('a').key)).toBe(false);
    await lot.refresh();
    expect(lot.mayBeParked(parked('a').key)).toBe(true);
  });

  it('remembers what it parks while a list is on its way that does not hold it', async () => {
    const keys = createMemoryParkedKeys();
    const lot = createParkingLot(keys);
    let answer!: (listed: readonly ParkedKey[]) => void;
    jest.spyOn(keys, 'list').mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const refreshed = lot.refresh();
    await lot.park(parked('a'));
    answer([parked('b')]);
    await refreshed;
    expect([lot.mayBeParked(parked('a').key), lot.mayBeParked(parked('b').key)]).toEqual([true, true]);
    await keys.release(parked('a').key);
    await lot.refresh();
    expect(lot.size).toBe(0);
  });
});

import { type ItemKey, formatKey } from '@hybridge/protocol';
import type { ParkedKey, ParkedKeys } from '@hybridge/sink-dynamodb';

/** What the projector knows of the parked keys. Asking costs nothing while none is parked. */
export interface ParkingLot {
  readonly size: number;
  /** Whether the key was parked when we last looked. */
  mayBeParked(key: ItemKey): boolean;
  /** Asks the table; forgets the key if it was released meanwhile. */
  isParked(key: ItemKey): Promise<boolean>;
  park(parked: ParkedKey): Promise<void>;
  /** Learns of keys that other projectors parked. */
  refresh(): Promise<void>;
}

export function createParkingLot(keys: ParkedKeys): ParkingLot {
  let known = new Set<string>();
  let parkedMeanwhile = new Set<string>(); // since a list was asked for that may not hold them
  return {
    get size() {
      return known.size;
    },
    mayBeParked: (key) => known.size > 0 && known.has(formatKey(key)),
    async isParked(key) {
      const parked = await keys.has(key);
      if (!parked) known.delete(formatKey(key));
      return parked;
    },
    async park(parked) {
      await keys.park(parked);
      known.add(formatKey(parked.key));
      parkedMeanwhile.add(formatKey(parked.key));
    },
    async refresh() {
      parkedMeanwhile = new Set();
      const listed = await keys.list();
      known = new Set([...listed.map(({ key }) => formatKey(key)), ...parkedMeanwhile]);
    },
  };
}

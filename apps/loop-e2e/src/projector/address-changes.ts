import { changeEvent } from '@hybridge/testkit';
import { createRandom } from '@hybridge/load';
import { UNAVAILABLE } from '@hybridge/views';
import type { Message } from 'kafkajs';

const CUSTOMER = 9_007_199_254_740_993n; // above 2^53
export const PARTITIONS = 3;

type Change = 'r' | 'c' | 'u' | 'partial' | 'd';

/** Writes the change events of `public.addresses`, each row in one partition, in commit order. */
export function createAddressChanges() {
  const random = createRandom(7);
  const alive = new Set<number>();
  let lsn = 1_000;
  let counter = 0;

  const message = (row: number, change: Change): Message & { readonly partition: number } => {
    const isSnapshot = change === 'r';
    const key = { customer_id: CUSTOMER, label: `label ${row}` };
    const after = {
      ...key,
      street: `Oudegracht ${++counter}`,
      postal_code: '3511 AB',
      city: 'Utrecht',
      country: 'NL',
      instructions: change === 'partial' ? UNAVAILABLE : `ring ${counter} times`,
    };
    if (!isSnapshot) lsn += 10;
    if (change === 'd') alive.delete(row);
    else alive.add(row);
    const value = changeEvent({
      table: 'public.addresses',
      op: change === 'partial' ? 'u' : change,
      after: change === 'd' ? null : after,
      ...(change === 'd' ? { before: after } : {}),
      lsn,
    });
    return {
      key: `{"customer_id":${CUSTOMER},"label":${JSON.stringify(key.label)}}`,
      value,
      partition: row % PARTITIONS,
      timestamp: String(Date.now()),
    };
  };

  /** What happens to a row next. */
  const next = (row: number): Change => {
    if (!alive.has(row)) return 'c';
    const roll = random.roll(10);
    return roll < 2 ? 'd' : roll < 5 ? 'partial' : 'u';
  };

  return {
    snapshot: (rows: number) => Array.from({ length: rows }, (_, row) => message(row, 'r')),
    /** Changes of rows at random, some of them new. */
    changes: (count: number, rows: number) =>
      Array.from({ length: count }, () => {
        const row = random.roll(rows);
        return message(row, next(row));
      }),
    get rows() {
      return alive.size;
    },
  };
}

import { DEFAULT_LIMITS, type RowChange, type Write, decideRowChange } from '@hybridge/protocol';
import { toRowChange } from '../order-row.ts';
import { wholeItem } from './whole-item.ts';

const context = { now: () => 1_700_000_000_000, nonce: () => 'n', limits: DEFAULT_LIMITS };

function writeOf(change: RowChange): Write {
  const decision = decideRowChange(change, 'eager', context, undefined);
  if (decision.do !== 'write') throw new Error(`expected a write, not ${decision.do}`);
  return decision.write;
}

it('puts the item that the conditional write makes where none is', () => {
  const upsert = writeOf(toRowChange({ op: 'u', row: 1, change: 1, position: 5, padding: 0 }));
  expect(wholeItem(upsert)).toMatchObject({
    pk: { S: upsert.key.pk },
    _st: { S: 'L' },
    _v: upsert.values[':v'],
    note: { S: 'change 1' },
  });
  const remove = writeOf(toRowChange({ op: 'd', row: 1, change: 2, position: 6, padding: 0 }));
  expect(wholeItem(remove)).toMatchObject({ _st: { S: 'T' } });
});

import { CustomerChangeApplied, parseMessage } from '@hybridge/contracts';
import { type Item, Meta, type Outcome, OutcomeKind, encodeOutcomes, encodePendingList } from '@hybridge/protocol';
import { outcomesOfChange } from './customer-changes.ts';
import { StreamPipeError } from './errors.ts';

const KEY = { pk: 'c1#CUSTOMER#42', sk: 'CUSTOMER' };
const pending = { id: 'c-1', n: 1, op: 'u', set: {}, base: {}, baseVersion: '', at: 0, by: 'customer:42' } as const;
const before: Item = { [Meta.pending]: encodePendingList([pending]) };

/** What the world is told when the change ends so. */
function told(outcome: Omit<Outcome, 'id' | 'at'>) {
  const after: Item = { [Meta.outcomes]: encodeOutcomes([{ id: 'c-1', at: 0, ...outcome }]) };
  const [message] = outcomesOfChange({ view: 'customers', key: KEY, before, after });
  if (message === undefined || message instanceof StreamPipeError) throw new Error('There is no message.');
  return parseMessage(CustomerChangeApplied, message.detail).data;
}

describe('the end of a customer’s change', () => {
  const applied = { changeId: 'c-1', at: '1970-01-01T00:00:00.000Z' };

  it('says nothing more of a change that was applied as it was', () => {
    expect(told({ out: OutcomeKind.applied })).toEqual(applied);
  });

  it('says what was left out of one that was applied in part', () => {
    const partial = { code: 'PARTIAL', message: 'Left out: phone.' };
    expect(told({ out: OutcomeKind.applied, ...partial })).toEqual({ ...applied, ...partial });
  });
});

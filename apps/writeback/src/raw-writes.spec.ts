import { addresses, orders } from '@hybridge/definitions';
import type { PendingChange } from '@hybridge/protocol';
import { rawRefusal } from './raw-writes.ts';

const pending = (more: Partial<PendingChange> = {}): PendingChange => ({
  id: 'c-1',
  n: 1,
  op: 'u',
  set: { city: { S: 'Utrecht' } },
  base: { city: { S: 'Leiden' } },
  baseVersion: '',
  at: 0,
  by: 'customer:42',
  ...more,
});

const raw = (more: Partial<PendingChange> = {}): PendingChange => pending({ id: 'raw:17@5000', by: 'raw', ...more });

describe('rawRefusal', () => {
  it('lets changes of customers pass, in every view', () => {
    expect(rawRefusal(orders, pending())).toBeUndefined();
    expect(rawRefusal(orders, pending({ set: {} }))).toBeUndefined();
  });

  it('refuses a write behind the protocol where the view does not capture', () => {
    expect(rawRefusal(orders, raw())).toMatchObject({ code: 'POLICY', message: expect.stringContaining('orders') });
  });

  it('lets SQL decide where it does, unless nothing is asked for but the repair', () => {
    expect(rawRefusal(addresses, raw())).toBeUndefined();
    expect(rawRefusal(addresses, raw({ op: 'd', set: {} }))).toBeUndefined();
    expect(rawRefusal(addresses, raw({ set: {}, base: {} }))).toMatchObject({ code: 'POLICY' });
  });
});

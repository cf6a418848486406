import { ApplyCustomerChange } from '@hybridge/contracts';
import { catalog } from '@hybridge/definitions';
import { parseCommand } from './wire.ts';

const change = { id: 'c1', n: 1, op: 'u', set: {}, base: {}, baseVersion: '', at: 1, by: 'x' };

const envelope = (part: { view?: string; pk?: string; data?: unknown; type?: string } = {}) =>
  JSON.stringify({
    version: '0',
    source: 'hybridge.views',
    'detail-type': part.type ?? ApplyCustomerChange.detailType,
    time: '2026-11-22T12:00:00Z',
    detail: {
      metadata: {
        id: 'm1',
        version: 1,
        view: part.view ?? 'customers',
        key: { pk: part.pk ?? 'c1#CUSTOMER#42', sk: 'CUSTOMER' },
        occurredAt: '2026-11-22T12:00:00.000Z',
      },
      data: part.data ?? { truncated: false, pending: [change] },
    },
  });

describe('parseCommand', () => {
  it('reads view, key, time and changes, bytes as bytes', () => {
    const data = { truncated: false, pending: [{ ...change, set: { thumbnail: { B: 'AP8=' } } }] };
    expect(parseCommand(envelope({ data }), catalog)).toEqual({
      view: catalog.byName('customers'),
      itemKey: { pk: 'c1#CUSTOMER#42', sk: 'CUSTOMER' },
      keyRow: { id: { N: '42' } },
      sweep: false,
      pending: [{ ...change, set: { thumbnail: { B: new Uint8Array([0, 255]) } } }],
      sentAt: Date.UTC(2026, 10, 22, 12),
    });
  });

  it('leaves a truncated list to be read from the item', () => {
    const command = parseCommand(envelope({ data: { truncated: true, pending: [] } }), catalog);
    expect(command.pending).toBeUndefined();
  });

  it.each([
    ['text that is not JSON', '{'],
    ['JSON that is no event', '[]'],
    ['an event of another type', envelope({ type: 'CustomerChanged' })],
    ['a command without changes', envelope({ data: { truncated: false, pending: [] } })],
    ['an unknown view', envelope({ view: 'nobody' })],
    ['a key of another view', envelope({ pk: 'o1#ORDER#42' })],
    ['a key whose column is of another type', envelope({ pk: 'c1#CUSTOMER#forty-two' })],
  ])('refuses %s for good', (_, body) => {
    expect(() => parseCommand(body, catalog)).toThrow(
      expect.objectContaining({ name: 'MessageMalformedError', retry: 'permanent' }),
    );
  });
});

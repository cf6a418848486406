import type { PendingChange } from './item.ts';
import { pendingFromWire, pendingToWire } from './wire.ts';

const change: PendingChange = {
  id: '01K8ZP5V3Q8S4T6W9XACDEFGHJ',
  n: 1,
  op: 'u',
  set: {
    bytes: { B: new Uint8Array([0, 255, 7]) },
    count: { N: '9007199254740993' },
    nested: { M: { inner: { L: [{ B: new Uint8Array([1]) }, { NULL: true }] } } },
  },
  base: { bytes: { NULL: true } },
  baseVersion: 'v',
  at: 1_795_363_634_930,
  by: 'customer:42',
};

describe('wire form of pending changes', () => {
  it('survives JSON with every value unchanged', () => {
    const text = JSON.stringify(pendingToWire([change]));
    expect(pendingFromWire(JSON.parse(text))).toEqual([change]);
  });

  it('writes bytes as base64, nested ones too', () => {
    const [wire] = pendingToWire([change]);
    expect(wire?.set['bytes']).toEqual({ B: 'AP8H' });
    expect(wire?.set['nested']).toEqual({ M: { inner: { L: [{ B: 'AQ==' }, { NULL: true }] } } });
  });

  it('refuses bytes that are not base64', () => {
    const [wire] = pendingToWire([change]);
    expect(() => pendingFromWire([{ ...wire!, set: { bytes: { B: '*' } } }])).toThrow(/not base64/);
  });
});

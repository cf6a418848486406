import { createInterner } from './interner.ts';

describe('an interner', () => {
  it('numbers by content, not by identity', () => {
    const { idOf } = createInterner();
    expect(idOf({ a: [1] })).toBe(idOf({ a: [1] }));
    expect(idOf({ a: [1] })).not.toBe(idOf({ a: [2] }));
    expect(idOf(undefined)).toBe(0);
  });

  it('makes equal values identical', () => {
    const { canonical } = createInterner();
    const first = canonical({ a: 1 });
    expect(canonical({ a: 1 })).toBe(first);
  });
});

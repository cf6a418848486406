import { redeliveryDelay } from './redelivery-delay.ts';

const options = { baseSeconds: 2, maxSeconds: 900 };

describe('redeliveryDelay', () => {
  it('doubles with every receipt up to the longest wait', () => {
    expect([1, 2, 3, 4, 20].map((count) => redeliveryDelay(count, options, 1))).toEqual([2, 4, 8, 16, 900]);
  });

  it('spreads over the upper half', () => {
    expect(redeliveryDelay(3, options, 0)).toBe(4);
    expect(redeliveryDelay(3, options, 0.5)).toBe(6);
  });

  it('never exceeds what SQS allows', () => {
    expect(redeliveryDelay(60, { baseSeconds: 2, maxSeconds: Infinity }, 1)).toBe(43_200);
  });
});

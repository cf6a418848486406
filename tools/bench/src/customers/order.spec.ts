import { type Order, orderFault } from './order.ts';

const order: Order = {
  id: '9007199254740993',
  reference: '6a1f0c9e-0000-4000-8000-000000000001',
  customerId: '7',
  status: 'paid',
  total: '12.50',
  note: null,
};

describe('orderFault', () => {
  it('takes numbers as numbers or as text, and a total without its last zero', () => {
    expect(orderFault(order, { ...order, customerId: 7, total: 12.5 })).toBeUndefined();
    expect(orderFault(order, { ...order, id: 9007199254740993n, total: '12.5', _h: 'more' })).toBeUndefined();
  });

  it.each([
    [undefined, /order 9007199254740993 is missing/],
    [{ ...order, id: 9007199254740992 }, /has id 9007199254740992, not 9007199254740993/],
    [{ ...order, note: 'null ' }, /has note null , not null/],
    [{ ...order, total: '12.51' }, /has total 12.51, not 12.50/],
    [{ ...order, total: undefined }, /has total undefined/],
    [{ ...order, status: undefined }, /has status undefined, not paid/],
  ])('names what is wrong in %j', (answer, message) => {
    expect(orderFault(order, answer)).toMatch(message);
  });
});

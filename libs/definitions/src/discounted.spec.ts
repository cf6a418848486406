import { discounted } from './discounted.ts';

it.each([
  ['20', '0.125', '17.50'],
  ['9999999999.99', '0.0001', '9998999999.99'],
  ['0.02', '0.75', '0.01'],
  ['0.02', '0.7501', '0.00'],
  ['12.5', '0', '12.50'],
  ['12.5', '1', '0.00'],
])('%s less %s is %s', (amount, discount, left) => {
  expect(discounted(amount, discount)).toBe(left);
});

export { catalog } from './catalog.ts';
export { addresses } from './views/addresses.ts';
export { customers } from './views/customers.ts';
export { orders } from './views/orders.ts';
export { prices } from './views/prices.ts';
export { products } from './views/products.ts';
export { stock } from './views/stock.ts';
export { wishes } from './views/wishes.ts';

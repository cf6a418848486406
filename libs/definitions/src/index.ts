export { catalog } from './catalog.ts';
export { addresses } from './views/addresses.ts';
export { customers } from './views/customers.ts';
export { orders } from './views/orders.ts';
export { products } from './views/products.ts';
export { wishes } from './views/wishes.ts';

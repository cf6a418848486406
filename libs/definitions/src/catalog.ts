import { createCatalog } from '@hybridge/views';
import { addresses } from './views/addresses.ts';
import { customers } from './views/customers.ts';
import { orders } from './views/orders.ts';
import { prices } from './views/prices.ts';
import { products } from './views/products.ts';
import { stock } from './views/stock.ts';
import { wishes } from './views/wishes.ts';

/** Every view of this installation. */
export const catalog = createCatalog([customers, addresses, products, orders, wishes, stock, prices]);

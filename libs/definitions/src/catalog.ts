import { createCatalog } from '@hybridge/views';
import { addresses } from './views/addresses.ts';
import { customers } from './views/customers.ts';
import { orders } from './views/orders.ts';
import { products } from './views/products.ts';
import { wishes } from './views/wishes.ts';

/** Every view of this installation. */
export const catalog = createCatalog([customers, addresses, products, orders, wishes]);

import { createCatalog } from '@hybridge/views';
import { joinedViews } from './joined-views.ts';

/** The views of `joined-catalog.ts` that show one more column of the customer: not in place, so under other first words. */
export const catalog = createCatalog(
  joinedViews({ number: '2', customer: { name: 'full_name', city: 'city', country: 'country' } }),
);

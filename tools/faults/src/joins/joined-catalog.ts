import { createCatalog } from '@hybridge/views';
import { joinedViews } from './joined-views.ts';

/** Definitions as apps find them: see `definitionsIn`. */
export const catalog = createCatalog(joinedViews({ number: '1', customer: { name: 'full_name', city: 'city' } }));

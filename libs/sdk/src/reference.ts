import { type Catalog, shownView } from '@hybridge/views';
import type { ViewLike, ViewReference } from './types.ts';

/** @throws ViewError `HYBRIDGE_VIEW_UNKNOWN`, also for a hidden view */
export const viewOf = (catalog: Catalog, reference: ViewReference): ViewLike =>
  typeof reference === 'string' ? shownView(catalog, reference) : reference;

import type { Catalog } from './catalog.ts';
import { ViewError } from './errors.ts';
import type { AnyView } from './view.ts';

/** The view of that name, unless it is a hidden one. @throws ViewError `HYBRIDGE_VIEW_UNKNOWN` naming the views there are */
export function shownView(catalog: Pick<Catalog, 'byName' | 'views'>, name: string): AnyView {
  const view = catalog.byName(name);
  if (!view.isBase) return view;
  const known = catalog.views.map((one) => one.name).join(', ');
  throw new ViewError('HYBRIDGE_VIEW_UNKNOWN', `There is no view "${name}"; there are ${known}.`);
}

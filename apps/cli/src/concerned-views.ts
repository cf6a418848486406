import { catalog as installed } from '@hybridge/definitions';
import { type AnyView, type Catalog, basesOf } from '@hybridge/views';

/** Views whose rows are read where these are looked at: theirs, and those that they embed. */
export const readWith = (views: readonly AnyView[]): readonly AnyView[] => [
  ...new Set(views.flatMap((view) => [view, ...basesOf(view)])),
];

/**
 * Views whose rows are read where items of these are repaired: theirs, and for rows that are embedded, those of the items
 * that embed them, which are brought in line.
 */
export const repairedWith = (
  views: readonly AnyView[],
  catalog: Pick<Catalog, 'views'> = installed,
): readonly AnyView[] => [
  ...new Set(views.flatMap((view) => (view.isBase ? readWith(ownersOf(view, catalog)) : [view]))),
];

const ownersOf = (base: AnyView, { views }: Pick<Catalog, 'views'>): readonly AnyView[] =>
  views.filter((view) => basesOf(view).includes(base));

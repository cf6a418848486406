import type { PlainJson } from '@hybridge/contracts';
import {
  type AnyView,
  type Catalog,
  type ViewRelation,
  addressColumns,
  attributesIn,
  columnOfAttribute,
  indexesOf,
} from '@hybridge/views';
import { collectionsOf } from './operations.ts';

/** What `GET /views` tells of each view. */
export const describeViews = (catalog: Catalog): PlainJson => ({ views: catalog.views.map(describeView) });

const describeView = (view: AnyView): PlainJson => ({
  name: view.name,
  path: pathOf(view),
  key: [...addressColumns(view)],
  attributes: Object.fromEntries(
    view.documentNames.map((attribute) => [attribute, describeAttribute(view, attribute)]),
  ),
  embedded: describeEmbedded(view),
  collections: Object.fromEntries(
    collectionsOf(view).map(([name, child]) => [name, { view: child.name, path: `${pathOf(view)}/collection` }]),
  ),
  indexes: Object.fromEntries(
    indexesOf(view).map(({ name, pk, sk }) => [
      name,
      { path: `/indexes/${view.name}/${name}`, partition: [...attributesIn(pk)], order: [...attributesIn(sk)] },
    ]),
  ),
  insert: view.changes.insert,
  delete: view.changes.delete,
});

const pathOf = (view: AnyView): string =>
  `/views/${view.name}/${addressColumns(view)
    .map((name) => `{${name}}`)
    .join(',')}`;

/** By the name of the object; any of them may be null. */
const describeEmbedded = ({ relations }: AnyView): PlainJson =>
  Object.fromEntries(
    (relations as readonly ViewRelation[]).map(({ name, base }) => [
      name,
      {
        attributes: Object.fromEntries(
          base.documentNames.map((attribute) => [attribute, describeAttribute(base, attribute)]),
        ),
        embedded: describeEmbedded(base),
      },
    ]),
  );

function describeAttribute(view: AnyView, attribute: string): PlainJson {
  const column = columnOfAttribute(view, attribute);
  const changeable = (view.changes.allow as readonly string[]).includes(attribute);
  return { type: column.codec.sqlType, nullable: column.nullable, changeable };
}

import type { PlainJson } from '@hybridge/contracts';
import { type AnyView, type Catalog, attributesIn, columnOfAttribute, indexesOf } from '@hybridge/views';

/** What `GET /views` tells of each view. */
export const describeViews = (catalog: Catalog): PlainJson => ({ views: catalog.views.map(describeView) });

const describeView = (view: AnyView): PlainJson => ({
  name: view.name,
  path: `/views/${view.name}/${view.table.primaryKey.map((name: string) => `{${name}}`).join(',')}`,
  key: [...view.table.primaryKey],
  attributes: Object.fromEntries(
    view.documentNames.map((attribute) => [attribute, describeAttribute(view, attribute)]),
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

function describeAttribute(view: AnyView, attribute: string): PlainJson {
  const column = columnOfAttribute(view, attribute);
  const changeable = (view.changes.allow as readonly string[]).includes(attribute);
  return { type: column.codec.sqlType, nullable: column.nullable, changeable };
}

import type { Attributes } from '@hybridge/protocol';
import type { AnyView, Row } from '@hybridge/views';

export const columnOfAttribute = (view: AnyView, attribute: string): string | undefined =>
  Object.hasOwn(view.attributes, attribute) ? (view.attributes[attribute] as string) : undefined;

export const isKeyColumn = (view: AnyView, column: string): boolean =>
  (view.table.primaryKey as readonly string[]).includes(column);

/** Values by attribute name → by column name. */
export const byColumn = (view: AnyView, values: Attributes): Row =>
  Object.fromEntries(
    Object.entries(values).map(([attribute, value]) => [columnOfAttribute(view, attribute) as string, value]),
  );

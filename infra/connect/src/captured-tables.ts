import type { Catalog, Source } from '@hybridge/views';
import { ConnectError } from './errors.ts';

/** `schema.table` of everything the connector of a source captures: the tables of its views, and its inbox. */
export const capturedTables = (catalog: Catalog, source: string): readonly string[] => [
  ...catalog.tables.filter((table) => table.source.name === source).map(({ name }) => name),
  catalog.inboxOf(source),
];

/**
 * The source that is meant: the only one, where none is named.
 * @throws ConnectError `HYBRIDGE_CONNECT_SOURCE_UNKNOWN`
 */
export function sourceOf(catalog: Catalog, name: string | undefined): Source {
  const { sources } = catalog;
  const found = name === undefined && sources.length === 1 ? sources[0] : sources.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = sources.map((one) => one.name).join(', ');
  throw new ConnectError(
    'HYBRIDGE_CONNECT_SOURCE_UNKNOWN',
    name === undefined
      ? `The catalog has the sources ${names}; say which one the connector is for.`
      : `There is no source "${name}" in the catalog; there are ${names}.`,
  );
}

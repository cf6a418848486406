import type { Catalog } from '@hybridge/views';

/** Where SQL answers customers' changes; captured with the tables of the views. */
export const INBOX_TABLE = 'public.hybridge_inbox';

/** `schema.table` of everything the connector of a source captures. */
export const capturedTables = (catalog: Catalog, source: string | undefined): readonly string[] => [
  ...catalog.tables.filter((table) => source === undefined || table.source === source).map(({ name }) => name),
  INBOX_TABLE,
];

import { scalarOf } from '@hybridge/protocol';
import { type AnyView, type Row, keyFromParts } from '@hybridge/views';
import { CliError } from './errors.ts';

/**
 * Reads a key as the API takes it: the parts of the primary key, percent-encoded, joined with commas.
 * @throws CliError, ViewError
 */
export function parseViewKey(view: AnyView, text: string): Row {
  try {
    return keyFromParts(view, text.split(',').map(decodeURIComponent));
  } catch (error) {
    if (error instanceof URIError) throw new CliError(`"${text}" is not percent-encoded.`);
    throw error;
  }
}

/** A key as `parseViewKey` reads it. */
export const formatViewKey = (view: AnyView, keyRow: Row): string =>
  view.table.primaryKey.map((column) => encodeURIComponent(scalarOf(keyRow[column]) ?? '')).join(',');

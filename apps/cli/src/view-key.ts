import { type AnyView, type Row } from '@hybridge/views';
import { formatKeyParts, keyPartsOf, keyRowFrom } from '@hybridge/verify';
import { CliError } from './errors.ts';

/**
 * Reads a key as the API takes it: the parts, percent-encoded, joined with commas. Of a view whose items move also the
 * primary key alone, which names the row wherever its item lies.
 * @throws CliError, ViewError
 */
export function parseViewKey(view: AnyView, text: string): Row {
  try {
    return keyRowFrom(view, text.split(',').map(decodeURIComponent));
  } catch (error) {
    if (error instanceof URIError) throw new CliError(`"${text}" is not percent-encoded.`);
    throw error;
  }
}

/** A key as `parseViewKey` reads it. */
export const formatViewKey = (view: AnyView, keyRow: Row): string => formatKeyParts(keyPartsOf(view, keyRow));

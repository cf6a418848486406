import type { AnyView } from '@hybridge/views';
import type { ReadPlace, RowReader } from './row-reader.ts';

/**
 * A place for a read that will follow. A reader without a line gives one to everybody it would not refuse.
 * @throws SqlReadError when the read would be refused
 */
export function reserveRead(rows: RowReader, view?: AnyView): ReadPlace {
  if (rows.reserve !== undefined) return rows.reserve(view);
  const refused = rows.refusal?.(view);
  if (refused !== undefined) throw refused;
  const { read, readBatch } = rows;
  return { read, ...(readBatch === undefined ? {} : { readBatch }), release: () => undefined };
}

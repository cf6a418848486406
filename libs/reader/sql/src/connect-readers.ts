import type { Source } from '@hybridge/views';
import { type RowReaderOptions, connectRowReader } from './connect-row-reader.ts';
import { type SqlGuard, guardRowReader } from './guard-row-reader.ts';
import { type SourceReader, readersBySource } from './readers-by-source.ts';

export interface ReadersOptions extends Omit<RowReaderOptions, 'source' | 'url'> {
  readonly sources: readonly Source[];
  /** By name of the source. */
  readonly urls: ReadonlyMap<string, string>;
  /** What stands in front of each source; default nothing. */
  readonly guard?: (source: Source) => SqlGuard;
}

/** Reads several source databases, until it is disposed of. */
export interface ConnectedReaders extends SourceReader, AsyncDisposable {}

/**
 * One reader for the views of several sources, with connections for each of its own: one that is down holds up no other.
 * Connects lazily.
 * @throws RangeError when a source has no URL
 */
export function connectReaders({ sources, urls, guard, ...options }: ReadersOptions): ConnectedReaders {
  const connected = sources.map((source) => {
    const url = urls.get(source.name);
    if (url === undefined) throw new RangeError(`Source ${source.name} has no URL; give the URL of its database.`);
    return { source, reader: connectRowReader({ ...options, source, url }) };
  });
  const readers = connected.map(({ source, reader }): [string, SourceReader] => [
    source.name,
    guard === undefined ? reader : { ...reader, ...guardRowReader(reader, guard(source)) },
  ]);
  return {
    ...readersBySource(new Map(readers)),
    async [Symbol.asyncDispose]() {
      await Promise.all(connected.map(({ reader }) => reader[Symbol.asyncDispose]()));
    },
  };
}

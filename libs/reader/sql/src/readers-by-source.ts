import type { AnyView } from '@hybridge/views';
import { reserveRead } from './reserve-read.ts';
import type { RowReader, TableReader } from './row-reader.ts';

/** A table reader that knows whether the server it reads may lag behind another one. */
export interface SourceReader extends TableReader {
  /** Whether the server a view's rows are read from is a primary. @throws SqlReadError */
  isPrimary(view: AnyView): Promise<boolean>;
}

/**
 * One reader for views of several sources: each view is read from its own.
 * @param readers by name of the source
 */
export function readersBySource(readers: ReadonlyMap<string, SourceReader>): SourceReader;
export function readersBySource(readers: ReadonlyMap<string, TableReader>): TableReader;
export function readersBySource(readers: ReadonlyMap<string, TableReader | SourceReader>): TableReader | SourceReader {
  const of = readerOf(readers);
  const primaryOf = (view: AnyView): RowReader => of(view).primary ?? of(view);
  return {
    ...dispatching(of),
    scan: (view, options) => of(view).scan(view, options),
    readBatch: (view, requests) => of(view).readBatch(view, requests),
    readMany: (view, keyRows) => of(view).readMany(view, keyRows),
    isWithin: (view, keyRow, range) => of(view).isWithin(view, keyRow, range),
    primary: { ...dispatching(primaryOf), scan: (view, options) => primaryOf(view).scan(view, options) },
    isPrimary: async (view: AnyView) => {
      const reader = of(view);
      return 'isPrimary' in reader && reader.isPrimary(view);
    },
  };
}

const dispatching = (of: (view: AnyView) => RowReader): Pick<RowReader, 'read' | 'refusal' | 'reserve'> => {
  const read: RowReader['read'] = (view, keyRow, proof) => of(view).read(view, keyRow, proof);
  return {
    read,
    refusal: (view) => (view === undefined ? undefined : of(view).refusal?.(view)),
    reserve: (view) => (view === undefined ? { read, release: () => undefined } : reserveRead(of(view), view)),
  };
};

const readerOf =
  <Reader>(readers: ReadonlyMap<string, Reader>) =>
  ({ name, table: { source } }: AnyView): Reader => {
    const reader = readers.get(source.name);
    if (reader !== undefined) return reader;
    throw new RangeError(
      `View ${name} is of source ${source.name}, but only ${[...readers.keys()].join(', ') || 'none'} can be read; connect ${source.name} too.`,
    );
  };

import type { AnyView } from '@hybridge/views';
import DataLoader from 'dataloader';
import { SqlReadError } from './errors.ts';
import type { FirstRead } from './fill-leased.ts';
import { KEYS_PER_STATEMENT } from './key-chunks.ts';
import type { ReadPlace, RowRead, RowReader, RowRequest } from './row-reader.ts';

type Loader = DataLoader<RowRequest, RowRead>;
type Dispatch = () => void;
type Rows = Pick<RowReader, 'read' | 'readBatch'>;

/**
 * The same reader, which reads rows of one view asked for within `windowMs` in one statement. Every read takes up to so
 * much longer; SQL answers up to 200 of them at the price of one.
 */
export function gatherReads(rows: RowReader, { windowMs }: { readonly windowMs: number }): RowReader {
  if (rows.readBatch === undefined) return rows;
  const loaders = new WeakMap<AnyView, Loader>();
  const loaderOf = (view: AnyView): Loader => {
    const known = loaders.get(view);
    if (known !== undefined) return known;
    const loader = createLoader(rows, view, (dispatch) => void setTimeout(dispatch, windowMs));
    loaders.set(view, loader);
    return loader;
  };
  return { ...rows, read: (view, keyRow, proof) => loaderOf(view).load({ keyRow, proof }) };
}

/** Longest the first to read waits for one who neither reads nor leaves, milliseconds: its lease grows old meanwhile. */
const MAX_GATHER_MS = 500;

/**
 * One statement, from one place in line, for as many as take part. It begins as soon as each of the `size` members has
 * come to `read` or has left; whoever comes later reads later.
 */
export function shareRead(place: ReadPlace, view: AnyView, size: number): readonly FirstRead[] {
  const waiting: Dispatch[] = [];
  let missing = size;
  let begun = false;
  let deadline: NodeJS.Timeout | undefined;
  const loader = createLoader(
    place,
    view,
    (dispatch) => void (begun ? setImmediate(dispatch) : waiting.push(dispatch)),
  );
  const begin = (): void => {
    clearTimeout(deadline);
    begun = true;
    if (waiting.length === 0) place.release();
    for (const dispatch of waiting.splice(0)) dispatch();
  };
  const member = (): FirstRead => {
    let counted = false;
    const leave = (): void => {
      if (counted) return;
      counted = true;
      missing -= 1;
      if (missing === 0) begin();
    };
    return {
      leave,
      read: (keyRow, proof) => {
        const read = loader.load({ keyRow, proof });
        if (!begun) deadline ??= setTimeout(begin, MAX_GATHER_MS);
        leave(); // behind `load`, so that the statement has this row in it
        return read;
      },
    };
  };
  return Array.from({ length: size }, member);
}

const createLoader = (rows: Rows, view: AnyView, schedule: (dispatch: Dispatch) => void): Loader =>
  new DataLoader((requests) => readEach(rows, view, requests), {
    cache: false,
    maxBatchSize: KEYS_PER_STATEMENT,
    batchScheduleFn: schedule,
  });

async function readEach(
  rows: Rows,
  view: AnyView,
  requests: readonly RowRequest[],
): Promise<readonly (RowRead | Error)[]> {
  if (rows.readBatch === undefined || requests.length === 1) return readAlone(rows, view, requests);
  try {
    return await rows.readBatch(view, requests);
  } catch (error) {
    if (!isOfOneKey(error)) throw error;
    return readAlone(rows, view, requests);
  }
}

const readAlone = (rows: Rows, view: AnyView, requests: readonly RowRequest[]): Promise<(RowRead | Error)[]> =>
  Promise.all(
    requests.map(({ keyRow, proof }) =>
      rows
        .read(view, keyRow, proof)
        .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
    ),
  );

/** SQLSTATE class 22, data exception: the text of one key is no value of its type, and the others suffer for it. */
const isOfOneKey = (error: unknown): boolean =>
  error instanceof SqlReadError && error.sqlState?.startsWith('22') === true;

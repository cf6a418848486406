import { type ChangeEvent, type JsonRow, parseChangeEvent } from '@hybridge/contracts';
import type { RowReader } from '@hybridge/reader-sql';
import { isTransient } from '@hybridge/runtime';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type AnyView, ViewError, changeDecoder, explainMismatch, provenanceOf, shapeOf } from '@hybridge/views';
import { type DecodeOptions, decodeForView } from './decode-record.ts';
import { ProjectorError } from './errors.ts';
import { sourceOfTopic } from './topics.ts';
import type { RowWork, Work } from './work.ts';

/** Whether a record could not be read because a column that some view needs is not in it: dropped, or renamed. */
export const lacksColumn = (error: unknown): error is ProjectorError =>
  error instanceof ProjectorError &&
  error.cause instanceof ViewError &&
  error.cause.code === 'HYBRIDGE_VIEW_COLUMN_MISSING';

/**
 * What a record without some mapped column means: views that do not need the column read it as ever; for the others it
 * says no more than that the row is another one. Their partition halts until SQL has the column again, or the
 * definition has changed; then SQL tells what the record could not.
 * @throws ProjectorError when not even the key can be read
 */
export function workWithoutColumn(
  record: ChangeRecord,
  error: ProjectorError,
  options: DecodeOptions,
): readonly Work[] {
  const event = parseChangeEvent(record.value ?? '');
  const views = options.catalog.byTable(sourceOfTopic(record.topic, options.topicPrefix), event.table);
  const { after } = event;
  // A delete carries its key only: that is what is missing. And an answer in an inbox is of no view's table.
  if (after === undefined || views.length === 0) throw error;
  const problem = explainMismatch(views, after) ?? error.message;
  const missing = new ProjectorError('HYBRIDGE_PROJECTOR_SCHEMA_CHANGED', record, problem, { cause: error.cause });
  return views.flatMap((view) => {
    try {
      return decodeForView(record, event, view, options);
    } catch (cause) {
      if (!lacksColumn(cause)) throw cause;
      return [touchedWork(view, after, { record, event, missing })];
    }
  });
}

function touchedWork(
  view: AnyView,
  after: JsonRow,
  from: { readonly record: ChangeRecord; readonly event: ChangeEvent; readonly missing: ProjectorError },
): RowWork {
  const { record, event, missing } = from;
  try {
    const { key, row: keyRow, move } = changeDecoder(view).keyOf(after);
    const content = { key, kind: 'touched', columns: {}, shape: shapeOf(view) } as const;
    return {
      kind: 'row',
      view,
      key,
      keyRow,
      change: { ...provenanceOf(record, event), ...content },
      links: undefined,
      guess: 'other',
      ...(move && { move }),
      snapshot: event.op === 'r',
      missing,
    };
  } catch {
    throw missing; // the column is part of the key
  }
}

/** Whether SQL can tell by now what a record could not. @throws what the work says is missing, or a transient error */
export async function assertReadable({ view, keyRow, missing }: RowWork, rows: RowReader): Promise<void> {
  if (missing === undefined) return;
  await rows.read(view, keyRow).catch((error: unknown) => {
    throw isTransient(error) ? error : missing;
  });
}

/** Which columns of a record do not fit the definition, and which views need them; undefined when that is not its fault. */
export function explainRecord(
  record: ChangeRecord,
  { catalog, topicPrefix }: Pick<DecodeOptions, 'catalog' | 'topicPrefix'>,
): string | undefined {
  try {
    const { table, after } = parseChangeEvent(record.value ?? '');
    const views = catalog.byTable(sourceOfTopic(record.topic, topicPrefix), table);
    return after === undefined ? undefined : explainMismatch(views, after);
  } catch {
    return undefined; // no change event at all
  }
}

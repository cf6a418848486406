import {
  type ChangeEvent,
  ChangeOperationCode,
  type JsonRow,
  parseChangeEvent,
  parseInboxRow,
  parseJsonValue,
} from '@hybridge/contracts';
import {
  type Attributes,
  type Provenance,
  type RowChange,
  type SettleSignal,
  type Truth,
  encodeVersion,
  formatKey,
} from '@hybridge/protocol';
import type { ChangeRecord } from '@hybridge/source-kafka';
import {
  type AnyView,
  type Catalog,
  type ChangeDecoder,
  type ChangeKey,
  UnstorableValueError,
  changeDecoder,
  columnsOfView,
  decodeImageRow,
  projectRow,
} from '@hybridge/views';
import { ProjectorError } from './errors.ts';
import type { TruncateWork, Work } from './work.ts';

export interface DecodeOptions {
  readonly catalog: Catalog;
  /** `schema.table` of the inbox. */
  readonly inboxTable: string;
  /** Snapshot records older than this may only fence a key (protocol, rule 9). Milliseconds. */
  readonly agedAfterMs: number;
  readonly nowMs: number;
  /**
   * Tables (`schema.table`) whose updates are skipped for views they change no column of; default none. Only for tables
   * with `REPLICA IDENTITY FULL` (any other before image holds NULL for what it does not know) and views that are loaded:
   * an incremental snapshot leaves out rows that change meanwhile, and only their events bring them.
   */
  readonly skipUnchanged?: ReadonlySet<string>;
  /** Told of each view for which an update changed no column, and which therefore gets no work. */
  readonly onUnchanged?: (view: AnyView) => void;
}

/**
 * What one record means for the items of all views; empty for records that mean nothing.
 * @throws ProjectorError naming the record when it cannot be read
 */
export function decodeRecord(record: ChangeRecord, options: DecodeOptions): readonly Work[] {
  if (record.value === undefined) return []; // the Kafka tombstone behind a delete: only compaction needs it
  try {
    const event = parseChangeEvent(record.value);
    if (event.op === ChangeOperationCode.truncate) return [truncateOf(record, event)];
    if (event.table === options.inboxTable) return decodeInbox(record, event, options);
    return decodeChange(record, event, options);
  } catch (cause) {
    if (cause instanceof ProjectorError) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ProjectorError('HYBRIDGE_PROJECTOR_RECORD_UNREADABLE', record, problem, { cause });
  }
}

/** Under a key of its own, so that it holds nothing up: what is written beside it, the last sweep sees. */
const truncateOf = (record: ChangeRecord, event: ChangeEvent): TruncateWork => ({
  kind: 'truncate',
  key: { pk: 'C#truncate', sk: event.table },
  event: { ...provenanceOf(record, event), table: event.table },
});

function decodeChange(record: ChangeRecord, event: ChangeEvent, options: DecodeOptions): readonly Work[] {
  const work: Work[] = [];
  const unchanged: AnyView[] = [];
  for (const view of options.catalog.byTable(event.table)) {
    if (isUnchanged(event, view, options)) unchanged.push(view);
    else work.push(decodeRow(record, event, view, options));
  }
  for (const view of unchanged) options.onUnchanged?.(view); // not before every view could read the record
  return work;
}

/** An update of columns the view does not have: the truth of its item stays the same, so there is nothing to write. */
const isUnchanged = (event: ChangeEvent, view: AnyView, options: DecodeOptions): boolean =>
  event.op === ChangeOperationCode.update &&
  event.before !== undefined &&
  event.after !== undefined &&
  options.skipUnchanged?.has(event.table) === true &&
  changeDecoder(view).agree(event.before, event.after);

function decodeRow(record: ChangeRecord, event: ChangeEvent, view: AnyView, options: DecodeOptions): Work {
  const decoder = changeDecoder(view);
  const changeKey = decoder.keyOf(keyJsonOf(record, event));
  const { key, row: keyRow } = changeKey;
  const { kind, columns, reason } = contentOf(event, decoder, changeKey);
  const snapshot = event.op === ChangeOperationCode.read;
  const aged = snapshot && options.nowMs - record.timestamp > options.agedAfterMs;
  const { version, transaction, committedAt } = provenanceOf(record, event);
  const columnNames = view.itemColumns;
  const read: RowChange = { key, kind, columns, columnNames, aged, version, transaction, committedAt };
  const change = reason === undefined ? read : { ...read, reason };
  return { kind: 'row', view, key, keyRow, change, snapshot };
}

/** The row's key columns: from the new row, or, for a delete, from the record's key. */
function keyJsonOf(record: ChangeRecord, event: ChangeEvent): JsonRow {
  if (event.after !== undefined) return event.after;
  if (record.key !== undefined) return parseJsonValue(record.key) as JsonRow;
  return event.before ?? {};
}

type Content = Pick<RowChange, 'kind' | 'columns' | 'reason'>;

function contentOf(event: ChangeEvent, decoder: ChangeDecoder, key: ChangeKey): Content {
  if (event.after === undefined) return { kind: 'delete', columns: {} };
  try {
    return decoder.columnsOf(event.after, key);
  } catch (error) {
    if (error instanceof UnstorableValueError) return { kind: 'unstorable', columns: {}, reason: error.message };
    throw error;
  }
}

function decodeInbox(record: ChangeRecord, event: ChangeEvent, options: DecodeOptions): readonly Work[] {
  if (event.after === undefined) return []; // an old answer was cleaned up
  const answer = parseInboxRow(event.after);
  const view = options.catalog.byName(answer.view);
  const keyRow = options.catalog.byKey(answer.key)?.row;
  if (keyRow === undefined) throw new Error(`${formatKey(answer.key)} is not the key of an item of ${view.name}`);
  const image = imageOf(view, answer.image);
  const signal: SettleSignal = {
    ...provenanceOf(record, event),
    key: answer.key,
    columnNames: view.itemColumns,
    image,
    outcome: {
      id: answer.changeId,
      out: answer.outcome,
      at: answer.at,
      ...(answer.code === undefined ? {} : { code: answer.code }),
      ...(answer.message === undefined ? {} : { message: answer.message }),
    },
  };
  return [{ kind: 'settle', view, key: answer.key, keyRow, signal }];
}

function imageOf(
  view: AnyView,
  image: { exists: true; row: JsonRow } | { exists: false } | undefined,
): Truth | undefined {
  if (image === undefined || !image.exists) return image;
  try {
    const columns: Attributes = projectRow(view, decodeImageRow(view.table, columnsOfView(view), image.row));
    return { exists: true, columns };
  } catch (error) {
    // The row cannot be stored: what is known then is that the item must be asked anew.
    if (error instanceof UnstorableValueError) return { exists: 'unknown' };
    throw error;
  }
}

export const provenanceOf = (record: ChangeRecord, event: ChangeEvent): Provenance => ({
  version: encodeVersion({
    epoch: record.epoch,
    major: event.position.major,
    minor: event.position.minor,
    offset: record.offset,
  }),
  transaction: event.transaction,
  committedAt: event.committedAt,
});

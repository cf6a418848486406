import {
  type ChangeEvent,
  ChangeOperationCode,
  type JsonValue,
  parseChangeEvent,
  parseInboxRow,
  parseJson,
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
  UnstorableValueError,
  columnsOfView,
  decodeChangeRow,
  decodeImageRow,
  keyOfRow,
  projectRow,
} from '@hybridge/views';
import { ProjectorError } from './errors.ts';
import type { Work } from './work.ts';

export interface DecodeOptions {
  readonly catalog: Catalog;
  /** `schema.table` of the inbox. */
  readonly inboxTable: string;
  /** Snapshot records older than this may only fence a key (protocol, rule 9). Milliseconds. */
  readonly agedAfterMs: number;
  readonly nowMs: number;
}

/**
 * What one record means for the items of all views; empty for records that mean nothing.
 * @throws ProjectorError naming the record when it cannot be read
 */
export function decodeRecord(record: ChangeRecord, options: DecodeOptions): readonly Work[] {
  if (record.value === undefined) return []; // the Kafka tombstone behind a delete: only compaction needs it
  try {
    const event = parseChangeEvent(record.value);
    if (event.op === ChangeOperationCode.truncate) throw truncateRefused(record, event);
    if (event.table === options.inboxTable) return decodeInbox(record, event, options);
    return options.catalog.byTable(event.table).map((view) => decodeChange(record, event, view, options));
  } catch (cause) {
    if (cause instanceof ProjectorError) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ProjectorError('HYBRIDGE_PROJECTOR_RECORD_UNREADABLE', record, problem, { cause });
  }
}

const truncateRefused = (record: ChangeRecord, event: ChangeEvent): ProjectorError =>
  new ProjectorError(
    'HYBRIDGE_PROJECTOR_TRUNCATE_REFUSED',
    record,
    `${event.table} was truncated; its items would stay for ever. Revoke TRUNCATE, delete the items, then skip this record.`,
  );

function decodeChange(record: ChangeRecord, event: ChangeEvent, view: AnyView, options: DecodeOptions): Work {
  const keyRow = decodeChangeRow(view.table, view.table.primaryKey, keyJsonOf(record, event)).row;
  const key = keyOfRow(view, keyRow);
  const change: RowChange = {
    ...provenanceOf(record, event),
    key,
    columnNames: view.attributeNames,
    ...contentOf(event, view),
    aged: event.op === ChangeOperationCode.read && options.nowMs - record.timestamp > options.agedAfterMs,
  };
  const offsets = { first: record.offset, last: record.offset };
  return { kind: 'row', view, key, keyRow, change, offsets, snapshot: event.op === ChangeOperationCode.read };
}

/** The row's key columns: from the new row, or, for a delete, from the record's key. */
function keyJsonOf(record: ChangeRecord, event: ChangeEvent): { readonly [column: string]: JsonValue } {
  if (event.after !== undefined) return event.after;
  if (record.key !== undefined) return parseJson(record.key) as { readonly [column: string]: JsonValue };
  return event.before ?? {};
}

function contentOf(event: ChangeEvent, view: AnyView): Pick<RowChange, 'kind' | 'columns' | 'reason'> {
  if (event.after === undefined) return { kind: 'delete', columns: {} };
  try {
    const { row, unavailable } = decodeChangeRow(view.table, columnsOfView(view), event.after);
    return { kind: unavailable.length === 0 ? 'upsert' : 'partial', columns: projectRow(view, row) };
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
    columnNames: view.attributeNames,
    image,
    outcome: {
      id: answer.changeId,
      out: answer.outcome,
      at: answer.at,
      ...(answer.code === undefined ? {} : { code: answer.code }),
      ...(answer.message === undefined ? {} : { message: answer.message }),
    },
  };
  const offsets = { first: record.offset, last: record.offset };
  return [{ kind: 'settle', view, key: answer.key, keyRow, signal, offsets }];
}

function imageOf(
  view: AnyView,
  image: { exists: true; row: { readonly [column: string]: JsonValue } } | { exists: false } | undefined,
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

const provenanceOf = (record: ChangeRecord, event: ChangeEvent): Provenance => ({
  version: encodeVersion({ epoch: record.epoch, ...event.position, offset: record.offset }),
  transaction: event.transaction,
  committedAt: event.committedAt,
});

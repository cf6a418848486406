/** What change events mean for the items of a view: the pure half of the projector. */
import {
  type ChangeEvent,
  ChangeOperationCode,
  type InboxRow,
  type JsonRow,
  parseJsonValue,
} from '@hybridge/contracts';
import {
  type ItemKey,
  type Provenance,
  type RowChange,
  type SettleSignal,
  type Truth,
  encodeVersion,
} from '@hybridge/protocol';
import { type ChangeDecoder, type ChangeKey, changeDecoder } from './change-decoder.ts';
import { UnstorableValueError } from './errors.ts';
import { type Row, assertStorableRow, columnsOfView, decodeImageRow, projectRow } from './row.ts';
import { shapeOf } from './shape.ts';
import type { AnyView } from './view.ts';

/** Where a record of a topic stands in the history of its source. */
export interface RecordPosition {
  /** Raised when the history of the source was rewritten. */
  readonly epoch: number;
  /** Kafka offset. */
  readonly offset: bigint;
}

export const provenanceOf = ({ epoch, offset }: RecordPosition, event: ChangeEvent): Provenance => ({
  version: encodeVersion({ epoch, major: event.position.major, minor: event.position.minor, offset }),
  transaction: event.transaction,
  committedAt: event.committedAt,
});

/** A row change, and where it belongs. */
export interface DecodedChange {
  readonly key: ItemKey;
  /** Key columns of the row. */
  readonly keyRow: Row;
  readonly change: RowChange;
}

export interface RecordFacts extends RecordPosition {
  /** Key of the record, JSON: names the row of a delete. */
  readonly key: string | undefined;
  /** A snapshot row so old that it may only fence a key (protocol, rule 9). */
  readonly aged: boolean;
}

/** @throws ViewError when the row cannot be read; a row that cannot be stored is a change of kind `unstorable` */
export function decodeRowChange(view: AnyView, event: ChangeEvent, record: RecordFacts): DecodedChange {
  const decoder = changeDecoder(view);
  const changeKey = decoder.keyOf(keyJsonOf(record, event));
  const { key, row: keyRow } = changeKey;
  const { kind, columns, reason } = contentOf(event, decoder, changeKey);
  const { version, transaction, committedAt } = provenanceOf(record, event);
  const read: RowChange = {
    key,
    kind,
    columns,
    shape: shapeOf(view),
    aged: record.aged,
    version,
    transaction,
    committedAt,
  };
  return { key, keyRow, change: reason === undefined ? read : { ...read, reason } };
}

/** Whether an event is of a row that was there before: of a snapshot. */
export const isSnapshot = ({ op }: ChangeEvent): boolean => op === ChangeOperationCode.read;

/** The row's key columns: from the new row, or, for a delete, from the record's key. */
function keyJsonOf(record: RecordFacts, event: ChangeEvent): JsonRow {
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

/** SQL's answer to a customer's change. @throws ViewError when the row's image cannot be read */
export const decodeAnswer = (view: AnyView, answer: InboxRow, provenance: Provenance): SettleSignal => ({
  ...provenance,
  key: answer.key,
  shape: shapeOf(view),
  image: truthOfImage(view, answer.image),
  outcome: {
    id: answer.changeId,
    out: answer.outcome,
    at: answer.at,
    ...(answer.code === undefined ? {} : { code: answer.code }),
    ...(answer.message === undefined ? {} : { message: answer.message }),
  },
});

function truthOfImage(view: AnyView, image: InboxRow['image']): Truth | undefined {
  if (image === undefined || !image.exists) return image;
  try {
    const row = decodeImageRow(view.table, columnsOfView(view), image.row);
    assertStorableRow(view, row);
    const columns = projectRow(view, row);
    return columns === undefined ? { exists: false } : { exists: true, columns };
  } catch (error) {
    // The row cannot be stored: what is known then is that the item must be asked anew.
    if (error instanceof UnstorableValueError) return { exists: 'unknown' };
    throw error;
  }
}

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
  type Links,
  type Provenance,
  type RowChange,
  type SettleSignal,
  type Truth,
  encodeVersion,
  isSameKey,
} from '@hybridge/protocol';
import { type ChangeDecoder, type ChangeKey, type RowPlace, changeDecoder } from './change-decoder.ts';
import { linksOf } from './embed.ts';
import { UnstorableValueError } from './errors.ts';
import { placeOfRow } from './place.ts';
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
  /** Where the row points; undefined: there is none, or the event does not say. */
  readonly links: Links | undefined;
  /** `other`: the row is new, or points elsewhere than before, or lies elsewhere. Tells what is worth trying first. */
  readonly guess: 'same' | 'other';
  /** Of a view whose items move. */
  readonly move?: RowPlace;
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
  const changeKey = decoder.keyOf(keyJsonOf(record, event), event.after === undefined ? 'key' : 'row');
  const { key, row: keyRow } = changeKey;
  const { kind, columns, reason, links } = contentOf(event, decoder, changeKey);
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
  const change = reason === undefined ? read : { ...read, reason };
  const move = changeKey.move && { ...changeKey.move, ...(kind === 'delete' && { place: undefined }) };
  return { key, keyRow, change, links, guess: guessOf(decoder, event), ...(move && { move }) };
}

function guessOf(decoder: ChangeDecoder, { op, before, after }: ChangeEvent): DecodedChange['guess'] {
  if (op !== ChangeOperationCode.update) return 'other';
  return before === undefined || after === undefined || decoder.agreeInLinks(before, after) ? 'same' : 'other';
}

/** Whether an event is of a row that was there before: of a snapshot. */
export const isSnapshot = ({ op }: ChangeEvent): boolean => op === ChangeOperationCode.read;

/** The row's key columns: from the new row, or, for a delete, from the record's key. */
function keyJsonOf(record: RecordFacts, event: ChangeEvent): JsonRow {
  if (event.after !== undefined) return event.after;
  if (record.key !== undefined) return parseJsonValue(record.key) as JsonRow;
  return event.before ?? {};
}

type Content = Pick<RowChange, 'kind' | 'columns' | 'reason'> & Pick<DecodedChange, 'links'>;

function contentOf(event: ChangeEvent, decoder: ChangeDecoder, key: ChangeKey): Content {
  if (event.after === undefined) return { kind: 'delete', columns: {}, links: undefined };
  try {
    return decoder.columnsOf(event.after, key);
  } catch (error) {
    if (error instanceof UnstorableValueError)
      return { kind: 'unstorable', columns: {}, reason: error.message, links: undefined };
    throw error;
  }
}

/** SQL's answer, and where the row of its image points. */
export interface DecodedAnswer {
  readonly signal: SettleSignal;
  readonly links: Links | undefined;
}

/** SQL's answer to a customer's change. @throws ViewError when the row's image cannot be read */
export function decodeAnswer(view: AnyView, answer: InboxRow, provenance: Provenance): DecodedAnswer {
  const { truth, links } = decodedImage(view, answer);
  const signal: SettleSignal = {
    ...provenance,
    key: answer.key,
    shape: shapeOf(view),
    image: truth,
    outcome: {
      id: answer.changeId,
      out: answer.outcome,
      at: answer.at,
      ...(answer.code === undefined ? {} : { code: answer.code }),
      ...(answer.message === undefined ? {} : { message: answer.message }),
    },
  };
  return { signal, links };
}

interface DecodedImage {
  readonly truth: Truth | undefined;
  readonly links: Links | undefined;
}

function decodedImage(view: AnyView, { key, image }: InboxRow): DecodedImage {
  if (image === undefined || !image.exists) return { truth: image, links: undefined };
  try {
    const row = decodeImageRow(view.table, columnsOfView(view), image.row);
    assertStorableRow(view, row);
    const columns = isElsewhere(view, row, key) ? undefined : projectRow(view, row);
    if (columns === undefined) return { truth: { exists: false }, links: undefined };
    return { truth: { exists: true, columns }, links: linksOf(view, row) };
  } catch (error) {
    // The row cannot be stored: what is known then is that the item must be asked anew.
    if (error instanceof UnstorableValueError) return { truth: { exists: 'unknown' }, links: undefined };
    throw error;
  }
}

const isElsewhere = (view: AnyView, row: Row, key: ItemKey): boolean =>
  view.moves && !isSameKey(key, placeOfRow(view, row));
